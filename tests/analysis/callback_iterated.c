// SPDX-License-Identifier: GPL-2.0-only
/* What a function returns that an iterator outside the driver calls may come back by it. */
#include "fixture.h"

static int my_alias(struct pci_dev *pdev, u16 alias, void *opaque)
{
	struct my_master *master = opaque;

	if (master->domain)
		return -EINVAL; /* expect: unknown */
	master->ids = kzalloc(8, GFP_KERNEL);
	if (!master->ids)
		return -ENOMEM; /* expect: nomem ENOMEM */
	return 0;
}

static int my_ignored(struct pci_dev *pdev, u16 alias, void *opaque)
{
	return opaque ? 0 : -EINVAL;
}

static irqreturn_t my_fault(int irq, void *opaque)
{
	return opaque ? 0 : -EINVAL;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;

	pci_for_each_dma_alias(to_pci_dev(dev), my_ignored, dev);
	ret = request_irq(3, my_fault, 0, "fault", dev);
	if (ret)
		return ret;
	return pci_for_each_dma_alias(to_pci_dev(dev), my_alias, dev_iommu_priv_get(dev));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};

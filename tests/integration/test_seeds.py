# SPDX-License-Identifier: GPL-2.0-only
"""What the tree tells is not listed: names that data once had change no verdict any more.

``kernel_apis.toml`` had these names, each in a list that said what the function does. The
verdicts on real kernels are the same whether that is said, or found out from the tree.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.analysis.origins.roots import Behaviour, Root, RootKind
from errno_gen.model import Verdict
from errno_gen.resources import data_file
from errno_gen.stages.knowledge import Knowledge
from labels import verdicts_of

_GONE = {
    "printers": """
        dev_emerg dev_alert dev_crit dev_err dev_warn dev_notice dev_info dev_dbg dev_err_once
        dev_warn_once dev_notice_once dev_info_once dev_dbg_once dev_err_ratelimited
        dev_warn_ratelimited dev_notice_ratelimited dev_info_ratelimited dev_dbg_ratelimited
        pr_emerg pr_alert pr_crit pr_err pr_warn pr_notice pr_info pr_debug pr_err_once
        pr_warn_once pr_notice_once pr_info_once pr_debug_once pr_err_ratelimited
        pr_warn_ratelimited pr_notice_ratelimited pr_info_ratelimited pr_debug_ratelimited
        netdev_err netdev_warn netdev_info netdev_dbg netdev_err_once netdev_warn_once pci_err
        pci_warn pci_info pci_dbg pci_err_ratelimited pci_warn_ratelimited printk printk_once
        printk_ratelimited
    """,
    "allocators": """
        kmalloc kzalloc kcalloc kmalloc_array kmalloc_node kzalloc_node krealloc kvmalloc
        kvzalloc kvcalloc kvmalloc_array kmemdup kstrdup kasprintf vmalloc vzalloc vmap
        devm_kmalloc devm_kzalloc devm_kcalloc devm_kmalloc_array devm_kmemdup devm_kstrdup
        devm_kasprintf kmem_cache_alloc kmem_cache_zalloc kmem_cache_alloc_node mempool_alloc
        dma_pool_alloc dma_pool_zalloc dma_alloc_coherent dmam_alloc_coherent dma_alloc_wc
        dma_alloc_attrs alloc_page alloc_pages alloc_pages_node __get_free_page
        __get_free_pages get_zeroed_page bitmap_alloc bitmap_zalloc alloc_percpu
        iommu_alloc_page iommu_alloc_pages iommu_alloc_page_node
        iommu_alloc_pages_node iommu_alloc_pages_sz iommu_alloc_pages_node_sz
    """,
    "mapping_errors": """
        dma_mapping_error pci_dma_mapping_error
    """,
    "searches": """
        find_first_zero_bit find_next_zero_bit find_first_bit find_next_bit
        find_next_zero_bit_le bitmap_find_next_zero_area ida_alloc ida_alloc_range
        ida_alloc_min ida_alloc_max ida_simple_get
    """,
    "claims": """
        test_and_set_bit test_and_set_bit_lock xchg cmpxchg try_cmpxchg atomic_xchg
        atomic_cmpxchg atomic_read atomic_inc_return atomic_add_unless atomic_inc_not_zero
        refcount_read refcount_inc_not_zero kref_read
    """,
    "trylocks": """
        mutex_trylock spin_trylock spin_trylock_irq raw_spin_trylock read_trylock
        write_trylock down_trylock down_read_trylock down_write_trylock ww_mutex_trylock
    """,
    "emptiness": """
        list_empty list_empty_careful hlist_empty xa_empty bitmap_empty RB_EMPTY_ROOT
    """,
    "predicates": """
        list_is_singular bitmap_full test_bit is_power_of_2 IS_ENABLED IS_ALIGNED
    """,
    "arithmetic": """
        min max min3 max3 clamp min_not_zero abs ilog2 fls fls64 fls_long ffs __ffs __fls
        __ffs64 hweight32 hweight64 hweight_long order_base_2 roundup_pow_of_two
        rounddown_pow_of_two ALIGN ALIGN_DOWN round_up round_down DIV_ROUND_UP BIT BIT_ULL
        GENMASK GENMASK_ULL DMA_BIT_MASK FIELD_GET FIELD_PREP lower_32_bits upper_32_bits
    """,
    "typed_arithmetic": """
        min_t max_t clamp_t
    """,
}
_POSITIONS = range(6)
_GIVEN = tuple(Root(RootKind.PARAMETER, str(position)) for position in _POSITIONS)
_READ = tuple(Root(RootKind.PARAMETER, str(position), True) for position in _POSITIONS)
_TAKEN = Behaviour(_READ, held=True)
_SAID = {
    "printers": Behaviour(open=True, prints=True),
    "allocators": Behaviour((Root(RootKind.ALLOCATION, "", True),)),
    "mapping_errors": Behaviour(_READ, truth=True, maps=True),
    "searches": Behaviour((Root(RootKind.SEARCH, "", True),)),
    "claims": _TAKEN,
    "trylocks": _TAKEN,
    "emptiness": Behaviour(_READ, held=True, emptiness=True, truth=True, idle=True),
    "predicates": Behaviour(_READ, truth=True, idle=True),
    "arithmetic": Behaviour(_GIVEN, idle=True),
    "typed_arithmetic": Behaviour(_GIVEN[1:], idle=True),
}
"""What each list said of its functions."""


def test_the_data_has_none_of_them() -> None:
    document = tomllib.loads(data_file("kernel_apis.toml").read_text(encoding="utf-8"))
    del document["debug_printers"]  # what is written into a driver, no reason for a verdict
    listed = {name for names in document.values() for name in names}
    assert listed.isdisjoint(name for names in _GONE.values() for name in names.split())


@pytest.mark.kernel
@pytest.mark.parametrize("version", ["61", "612"])
def test_no_verdict_changes_where_they_are_told(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    known_cache: Path,
    version: str,
) -> None:
    kernel: Path = request.getfixturevalue(f"kernel_{version}")
    policies = ("einval", "emediumtype")
    found = [_told(verdicts_of(kernel, known_cache, policy)) for policy in policies]
    assert all(len(each) > 100 for each in found)
    asked: set[str] = set()
    kept: dict[str, Behaviour | None] = {}  # what was found for one policy serves the other
    monkeypatch.setattr(Knowledge, "behaviours", lambda self: _Listed(Library(self), asked, kept))
    monkeypatch.setattr(Knowledge, "keep", lambda self, found_out: kept.update(found_out.known))
    assert [_told(verdicts_of(kernel, known_cache, policy)) for policy in policies] == found
    assert len(asked) > 10


class _Listed(Behaviours):
    """What functions do, but of those that were listed what the lists said."""

    def __init__(
        self, library: Library, asked: set[str], kept: Mapping[str, Behaviour | None]
    ) -> None:
        said = {name: _SAID[kind] for kind, names in _GONE.items() for name in names.split()}
        super().__init__(library, {**kept, **said})
        self._said = frozenset(said)
        self._asked = asked

    def of(self, name: str, path: str) -> Behaviour | None:
        """What a call of ``name`` does."""
        if name in self._said:
            self._asked.add(name)
        return super().of(name, path)


def _told(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [
        f"{v.site.constant.file}:{v.site.constant.line}: {v.site.errno}: {v.cause} -> "
        f"{v.wanted or v.propagate} {v.action} {len(v.prints)}"
        for v in verdicts
    ]

# SPDX-License-Identifier: GPL-2.0-only
"""Linux's errnos: their names and numbers."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from types import MappingProxyType

# What user space, and so Python, does not know: include/linux/errno.h, and EHWPOISON of
# include/uapi/asm-generic/errno.h.
_KERNEL_ONLY = {
    "EHWPOISON": 133,
    "ERESTARTSYS": 512,
    "ERESTARTNOINTR": 513,
    "ERESTARTNOHAND": 514,
    "ENOIOCTLCMD": 515,
    "ERESTART_RESTARTBLOCK": 516,
    "EPROBE_DEFER": 517,
    "EOPENSTALE": 518,
    "ENOPARAM": 519,
    "EBADHANDLE": 521,
    "ENOTSYNC": 522,
    "EBADCOOKIE": 523,
    "ENOTSUPP": 524,
    "ETOOSMALL": 525,
    "ESERVERFAULT": 526,
    "EBADTYPE": 527,
    "EJUKEBOX": 528,
    "EIOCBQUEUED": 529,
    "ERECALLCONFLICT": 530,
    "ENOGRACE": 531,
}

# Not errorcode: it has one name for each number, and for EOPNOTSUPP one that Linux lacks.
_USER_SPACE = {name: getattr(errno, name) for name in dir(errno) if name.startswith("E")}
del _USER_SPACE["ENOTSUP"]

ERRNOS: Mapping[str, int] = MappingProxyType({**_USER_SPACE, **_KERNEL_ONLY})
"""Numbers by name, as most architectures have them."""

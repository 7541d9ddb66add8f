# SPDX-License-Identifier: GPL-2.0-only
"""A kernel tree with a build system of a few lines, and compilers that are shell scripts.

It obeys the parts of kbuild's interface that the compile check relies on: O=, ARCH,
CROSS_COMPILE, a configuration target, ``prepare``, objects as targets, ``.NAME.o.cmd``.
The compilers refuse a line with BROKEN, take long for one with SLEEPY, fill the disk at one
with DISKFULL, warn of one with UNTIDY, and of one with EXTRA if make is called with W=1. Every
call of make and of a compiler is noted in the build folder's file ``calls``. As the real one
does, make calls itself for the objects; how often it was asked for them is noted in ``asked``.
"""

from __future__ import annotations

from pathlib import Path

TOP = """\
# SPDX-License-Identifier: GPL-2.0
VERSION = 6
PATCHLEVEL = 1
SUBLEVEL = 7
MAKEFLAGS += -r
S := $(CURDIR)

export ARCH CROSS_COMPILE O S W
export abs_srctree := $(S)
export abs_objtree := $(O)
OBJECTS := $(filter %.o, $(MAKECMDGOALS))

.PHONY: allmodconfig prepare objects $(OBJECTS)
allmodconfig: ; @echo config >> $(O)/calls; cp $(S)/arch/$(ARCH)/allmod $(O)/.config
prepare: ; @echo prepare >> $(O)/calls; test ! -e $(S)/SLOW || sleep 20
$(OBJECTS): objects ; @:
objects:
\t@echo asked >> $(O)/asked
\t@$(MAKE) --no-print-directory -C $(O) -f $(S)/scripts/Makefile.build obj=. $(OBJECTS:%=./%)
"""

BUILD = """\
# SPDX-License-Identifier: GPL-2.0
MAKEFLAGS += -r
.PHONY: FORCE
%.o: FORCE
\t@echo "  CC      $@"
\t@mkdir -p $(O)/$(@D) && $(CROSS_COMPILE)gcc $(S) $(O) $*
"""

COMPILER = """\
#!/bin/sh
test "$1" = --version && { echo "fake gcc 1.0"; exit 0; }
file="$1/$3.c"
echo "cc $3" >> "$2/calls"
if grep -q DISKFULL "$file"; then
  echo "$file:1:1: fatal error: error writing to /tmp/x.s: No space left on device" >&2
  exit 1
fi
if grep -q SLEEPY "$file"; then sleep 20; fi
header=$(sed -n 's/^#include "\\(.*\\)"/\\1/p' "$file")
line=$(grep -n BROKEN "$file" | head -1 | cut -d: -f1)
if test -n "$line"; then
  echo "$file:$line:5: error: expected ';' before 'return'" >&2
  exit 1
fi
for word in UNTIDY ${W:+EXTRA}; do
  grep -n "$word" "$file" | cut -d: -f1 | while read -r at; do
    echo "$file:$at:5: warning: $word is not nice [-W$word]" >&2
  done
done
name=$(basename "$3")
folder=$(dirname "$3")
cp "$file" "$2/$3.o"
printf 'cmd_%s.o := gcc\\n\\nsource_%s.o := %s\\n\\ndeps_%s.o := \\\\\\n' \\
  "$3" "$3" "$file" "$3" > "$2/$folder/.$name.o.cmd"
test -z "$header" || printf '  %s \\\\\\n' "$1/$folder/$header" >> "$2/$folder/.$name.o.cmd"
"""

FILES = {
    "Makefile": TOP,
    "scripts/Makefile.build": BUILD,
    "Kbuild": "obj-y += drivers/\n",
    "Kconfig": 'mainmenu "Linux kernel"\n',
    "MAINTAINERS": "nobody\n",
    "arch/x86_64/allmod": "CONFIG_ALPHA=y\nCONFIG_BETA=m\n# CONFIG_GAMMA is not set\n",
    "arch/arm64/allmod": "CONFIG_ALPHA=m\nCONFIG_GAMMA=y\n# CONFIG_BETA is not set\n",
    "drivers/Makefile": "obj-y += iommu/\n",
    "drivers/iommu/Makefile": (
        "obj-$(CONFIG_ALPHA) += alpha.o\nobj-$(CONFIG_BETA) += beta.o\n"
        "obj-$(CONFIG_GAMMA) += gamma.o\nobj-$(CONFIG_NEVER) += never.o\n"
    ),
    "drivers/iommu/alpha.c": '#include "alpha.h"\nint alpha;\n',
    "drivers/iommu/alpha.h": "extern int alpha;\n",
    "drivers/iommu/beta.c": "int beta;\n",
    "drivers/iommu/gamma.c": "int gamma;\n",
    "drivers/iommu/never.c": "int never;\n",
}


def fake_compilers(folder: Path, *prefixes: str) -> None:
    """Write ``PREFIXgcc`` for each of ``prefixes``, and ``gcc``, as programs into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for prefix in ("", *prefixes):
        program = folder / f"{prefix}gcc"
        program.write_text(COMPILER, encoding="utf-8")
        program.chmod(0o755)

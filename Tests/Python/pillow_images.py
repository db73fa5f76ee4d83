"""What Pillow makes of pictures, written as raw RGB rows for the tests of Images to compare with.

    pillow_images.py decode OUT FILE...         OUT/<index>.rgb; prints "width height" or "error ..." a file
    pillow_images.py resize RAW W H OUT JOB...  a job is width,height,filter[,left,top,right,bottom]; OUT/<index>.rgb
    pillow_images.py luma RAW W H OUT           OUT/0.rgb, one byte a pixel
"""

import sys
import warnings
from pathlib import Path

import numpy
from PIL import Image, ImageOps


def upright_rgb(path):
    """The picture as Images promises it: upright, alpha over white, 16-bit grey by its high byte."""
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened)
    if picture.mode.startswith("I"):
        # Pillow's own conversion clips 16-bit grey instead of scaling it.
        picture = Image.fromarray((numpy.asarray(picture) >> 8).astype(numpy.uint8))
    if "A" in picture.mode or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        return white
    return picture.convert("RGB")


def decode(out, *paths):
    for index, path in enumerate(paths):
        try:
            picture = upright_rgb(path)
        except Exception as error:
            print("error", type(error).__name__, str(error).replace("\n", " "))
            continue
        (Path(out) / f"{index}.rgb").write_bytes(picture.tobytes())
        print(*picture.size)


def raw_picture(raw, width, height):
    return Image.frombytes("RGB", (int(width), int(height)), Path(raw).read_bytes())


def resize(raw, width, height, out, *jobs):
    picture = raw_picture(raw, width, height)
    for index, job in enumerate(jobs):
        new_width, new_height, name, *box = job.split(",")
        resized = picture.resize(
            (int(new_width), int(new_height)), Image.Resampling[name.upper()], box=tuple(map(float, box)) or None
        )
        (Path(out) / f"{index}.rgb").write_bytes(resized.tobytes())


def luma(raw, width, height, out):
    (Path(out) / "0.rgb").write_bytes(raw_picture(raw, width, height).convert("L").tobytes())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"decode": decode, "resize": resize, "luma": luma}[sys.argv[1]](*sys.argv[2:])

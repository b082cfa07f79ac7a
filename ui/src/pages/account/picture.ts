/** No picture, or one of a kind that this browser can't read. */
export class UnreadablePicture extends Error {}

const SIDE = 512;

/** The middle of a picture, square and small: what a server keeps of a face needs no 12 megapixels, and no place where it was taken. */
export async function smaller(file: Blob): Promise<Blob> {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode().catch(() => {
      throw new UnreadablePicture();
    });
    const side = Math.min(image.naturalWidth, image.naturalHeight);
    if (side === 0) throw new UnreadablePicture();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.min(SIDE, side);
    const left = (image.naturalWidth - side) / 2;
    const top = (image.naturalHeight - side) / 2;
    canvas.getContext("2d")?.drawImage(image, left, top, side, side, 0, 0, canvas.width, canvas.height);
    return await encoded(canvas);
  } finally {
    URL.revokeObjectURL(address);
  }
}

function encoded(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    // A browser that can't write WebP writes PNG, which is fine too.
    canvas.toBlob((blob) => (blob === null ? reject(new UnreadablePicture()) : resolve(blob)), "image/webp", 0.9);
  });
}

/** The body of an answer as plain bytes, never more of them than the caller wants. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { WebFailure } from './failures.js';

const UNPACK = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** At most `longest` bytes, counted as they come and again unpacked; the rest is not read. Throws what the connection throws. */
export async function readBody(
  { body, headers }: Dispatcher.ResponseData,
  longest: number,
): Promise<Buffer | WebFailure> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > longest) return tooLarge(longest);
    chunks.push(chunk);
  }
  const packed = Buffer.concat(chunks);
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return packed;
  if (!isPacking(encoding)) return { failure: 'unreadable', detail: 'the answer is packed in an unknown way' };
  return UNPACK[encoding](packed, { maxOutputLength: longest }).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(longest)
      : ({ failure: 'unreadable', detail: 'the answer cannot be unpacked' } as const),
  );
}

function tooLarge(longest: number): WebFailure {
  return { failure: 'too_large', detail: `the answer is longer than ${longest / 1024} KB` };
}

function isPacking(encoding: string): encoding is keyof typeof UNPACK {
  return Object.hasOwn(UNPACK, encoding);
}

/** @throws RangeError where offset or length is not a whole number from 0 to 2^53 - 1, or their sum is larger */
export function checkRange(byteOffset: number, lengthBytes: number): void {
  for (const value of [byteOffset, lengthBytes, byteOffset + lengthBytes]) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`not a range of a file: ${lengthBytes} bytes at ${byteOffset}`);
    }
  }
}

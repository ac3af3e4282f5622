/** Addresses of a guest, physical or virtual. */
export interface AddressRange {
  readonly address: bigint;
  readonly lengthBytes: number;
}

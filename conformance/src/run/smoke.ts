/**
 * Files that are as good as any, each with a turn that a reader has to take: a testee that passes none of them is not
 * worth asking further.
 */
export const smokeVectors: readonly string[] = [
  'pages/dense-copy',
  'pages/stale-bytes',
  'pages/stored-zero-page',
  'pages/all-stored',
  'block-table/relaid',
  'vmdescription/absent',
];

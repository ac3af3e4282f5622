/** What each language that a text can get into takes for an order. */
export const LANGUAGES = {
  'options of QEMU': 'a,dumpdtb=OWNED,kernel=/etc/passwd',
  JSON: 'a"}],"owned":[{"\\',
  'a shell': "a'; touch OWNED; $(touch OWNED) `touch OWNED` | & > OWNED",
  paths: '../../OWNED/../OWNED',
  markup: `a</text></title><script>owned()</script>&lt;"'>`,
  'annotations of GitHub': 'a\n::error file=OWNED::owned\r\n%0A::warning::owned',
  'a terminal': 'a\u001b[2J\u001b]0;owned\u0007\u009b31m\b\r\u007f',
  'C strings': 'a\0,dumpdtb=OWNED',
};

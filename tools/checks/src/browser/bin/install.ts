import { installBrowser } from '../find-browser.js';

const browser = await installBrowser();
// A missing browser is no failure: the tests that need it say that they are skipped.
if (browser.kind === 'missing') console.error(`missing tool: ${browser.reason}`);
else console.log(`browser: ${browser.name}`);

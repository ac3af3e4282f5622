export { type SarifFault, type SarifOptions, sarifLog } from './sarif/sarif-log.js';

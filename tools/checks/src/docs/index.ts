export { checkDocuments } from './check.js';
export { type ReadmeExample, readmeExamples, runExample } from './readme-examples.js';

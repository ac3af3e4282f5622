export {
  type FetchLike,
  type HttpSourceOptions,
  openHttpSource,
  type ResponseLike,
} from './sources/http-source.js';

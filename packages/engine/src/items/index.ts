export { MapReader, readDocuments, type ItemDocument, type Position } from './reader.ts';

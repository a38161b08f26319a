export { LinkServer, type WorkerBatch } from './linkServer.ts';
export { ENGINE_SOCKET, openSocketFolder } from './socketPath.ts';

export { toldLine } from './batch.ts';
export type { KnowledgeTopic, SiteKnowledgeMessage } from './messages.ts';
export { LinkServer, type WorkerBatch } from './linkServer.ts';
export { dateOf as gatewayDate } from './nginxLine.ts';
export { ENGINE_SOCKET, openSocketFolder, SNAPSHOT_FILE } from './socketPath.ts';

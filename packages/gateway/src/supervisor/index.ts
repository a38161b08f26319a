export { askSupervisor, findOrphans } from './controlSocket.ts';
export { readAddress } from './listeners.ts';
export { SupervisorError } from './errors.ts';
export { Supervisor } from './supervisor.ts';
export type { SupervisorStatus } from './supervisorStatus.ts';
export { Backoff } from './backoff.ts';

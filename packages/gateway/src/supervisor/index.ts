export { askSupervisor } from './controlSocket.ts';
export { readAddress } from './listeners.ts';
export { SupervisorError } from './errors.ts';
export { Supervisor, type SupervisorStatus } from './supervisor.ts';
export { Backoff } from './backoff.ts';

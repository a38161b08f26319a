// The thread of checkpointer.ts: one checkpoint, then it ends.
import { workerData } from 'node:worker_threads';
import { openDriver } from './driver/index.ts';

const driver = openDriver(workerData as string); // as the Checkpointer gives it
try {
  driver.exec('PRAGMA busy_timeout = 0');
  driver.exec('PRAGMA cache_size = -256');
  // PASSIVE waits for nobody, and nobody waits for it; what it cannot take now it takes the next time.
  driver.exec('PRAGMA wal_checkpoint(PASSIVE)');
} finally {
  driver.close();
}

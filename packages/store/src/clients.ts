// What the store knows of the local API's clients, as the rest of Parapet sees it.
import type { Database } from './database.ts';
import type {
  Bouncer,
  ClientNotes,
  ClientReport,
  ClientTable,
  Machine,
  Pulled,
  Puller,
} from './tables/clients.ts';

export interface Clients {
  listMachines(): Promise<readonly Machine[]>;
  findMachine(name: string): Promise<Machine | undefined>;
  /** Adds the machine, or replaces the one of that name. */
  putMachine(machine: Machine): Promise<void>;
  /** Returns whether there was one. */
  removeMachine(name: string): Promise<boolean>;

  listBouncers(): Promise<readonly Bouncer[]>;
  findBouncer(name: string): Promise<Bouncer | undefined>;
  /** By the SHA-512 of its key, hex. */
  findBouncerByKey(keyHash: string): Promise<Bouncer | undefined>;
  putBouncer(bouncer: Bouncer): Promise<void>;
  removeBouncer(name: string): Promise<boolean>;

  /** Up to where this process has fetched decisions; undefined when it never has. */
  pulledTo(puller: Puller): Promise<Pulled | undefined>;

  /** Writes down what was seen of many clients, in one transaction. */
  note(notes: ClientNotes): Promise<void>;

  addReport(report: ClientReport): Promise<void>;
  listReports(): Promise<readonly ClientReport[]>;
}

export class SqliteClients implements Clients {
  readonly #db: Database;
  readonly #table: ClientTable;

  constructor(db: Database, table: ClientTable) {
    this.#db = db;
    this.#table = table;
  }

  async listMachines(): Promise<readonly Machine[]> {
    return this.#table.machines();
  }

  async findMachine(name: string): Promise<Machine | undefined> {
    return this.#table.machine(name);
  }

  async putMachine(machine: Machine): Promise<void> {
    this.#db.write(() => this.#table.putMachine(machine));
  }

  async removeMachine(name: string): Promise<boolean> {
    return this.#db.write(() => this.#table.removeMachine(name));
  }

  async listBouncers(): Promise<readonly Bouncer[]> {
    return this.#table.bouncers();
  }

  async findBouncer(name: string): Promise<Bouncer | undefined> {
    return this.#table.bouncer(name);
  }

  async findBouncerByKey(keyHash: string): Promise<Bouncer | undefined> {
    return this.#table.bouncerByKey(keyHash);
  }

  async putBouncer(bouncer: Bouncer): Promise<void> {
    this.#db.write(() => this.#table.putBouncer(bouncer));
  }

  async removeBouncer(name: string): Promise<boolean> {
    return this.#db.write(() => this.#table.removeBouncer(name));
  }

  async pulledTo(puller: Puller): Promise<Pulled | undefined> {
    return this.#table.pulled(puller);
  }

  async note(notes: ClientNotes): Promise<void> {
    this.#db.write(() => this.#table.note(notes));
  }

  async addReport(report: ClientReport): Promise<void> {
    this.#db.write(() => this.#table.report(report));
  }

  async listReports(): Promise<readonly ClientReport[]> {
    return this.#table.reports();
  }
}

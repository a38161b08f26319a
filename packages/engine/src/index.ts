export { Event, EventSchema, type Bag } from './events/event.ts';
export * from './sources/index.ts';

export { Event, EventSchema, type Bag } from './events/event.ts';

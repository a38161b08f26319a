export { renderTable, type TableColumn, type TextOptions } from './table.ts';

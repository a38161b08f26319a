#!/usr/bin/env node
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

// Loading runs thousands of functions a few times each, and by default V8's optimiser spends a second of processor
// time on them in its threads, most of it for nothing. Asked to wait longer, it compiles what every line needs.
// Measured on Node 20, 5,000 lines: 3.5 to 2.5 s; 100,000 lines: 8.0 to 5.8 s. Later versions tier up otherwise.
// A gateway worker is the opposite: little code, each function run for every request.
const isWorker = process.argv[2] === 'gateway-worker';
if (!isWorker && process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=500000');

const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv);

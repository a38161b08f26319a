// The file of a model: a head, a checksum, and rows of weights rounded to a signed byte, of which only those that are
// not zero are kept.
//
//     0  8 bytes  PRPTCMDL
//     8  u32      version of the format
//    12  u32      length of what follows the head
//    16  u32      CRC-32 of what follows the head
//    20           f32 slope and f32 offset of each group's calibration; u16 classes, each u8 length and name;
//                 f32 biases, one a class;
//                 rows: f32 step, u32 size, u32 kept, then for each kept weight its distance from the last
//                 (LEB128) and its value in steps (i8)
//
// Numbers are little-endian.

import { isAttackClass } from './classes.ts';
import type { AttackClass } from '@parapet/kinds';
import type { LearntWeights } from './learner.ts';
import { CLASS_BUCKETS, PLACEMENT_GROUPS, WEIGHT_COUNT, type PlacementGroup } from './layout.ts';

const MAGIC = 'PRPTCMDL';
const HEAD = 20;
/** Grows when the layout of the features changes too: old weights mean nothing then. */
const VERSION = 2;

/** How sums of weights become log-odds. */
export interface Calibration {
  readonly slope: number;
  readonly offset: number;
}

/** One for each place: honest texts differ more in some than in others. */
export type Calibrations = Readonly<Record<PlacementGroup, Calibration>>;

/** Sums of weights as they are. */
export const UNCALIBRATED: Calibrations = {
  path: { slope: 1, offset: 0 },
  value: { slope: 1, offset: 0 },
  header: { slope: 1, offset: 0 },
  rich: { slope: 1, offset: 0 },
  body: { slope: 1, offset: 0 },
  name: { slope: 1, offset: 0 },
};

/** A model as its file has it. */
export interface ModelData {
  /** In the order of the groups. */
  readonly calibrations: readonly Calibration[];
  readonly classes: readonly AttackClass[];
  readonly classBiases: Float32Array;
  readonly step: number;
  /** In steps. */
  readonly weights: Int8Array;
  readonly classStep: number;
  readonly classWeights: Int8Array;
}

/** Returns the file of learnt weights: the same weights give the same bytes. */
export function writeModel(learnt: LearntWeights, calibrations: Calibrations): Uint8Array {
  const bytes = new ByteWriter();
  for (const group of PLACEMENT_GROUPS) {
    bytes.f32(calibrations[group].slope);
    bytes.f32(calibrations[group].offset);
  }
  bytes.u16(learnt.classes.length);
  for (const name of learnt.classes) {
    bytes.u8(name.length);
    for (const letter of name) bytes.u8(letter.charCodeAt(0));
  }
  const classBiasesAt = CLASS_BUCKETS * learnt.classes.length;
  for (const bias of learnt.classWeights.subarray(classBiasesAt)) bytes.f32(bias);
  writeRow(bytes, learnt.weights);
  writeRow(bytes, learnt.classWeights.subarray(0, classBiasesAt));
  const body = bytes.bytes();
  const file = new Uint8Array(HEAD + body.length);
  const head = new DataView(file.buffer);
  for (let at = 0; at < MAGIC.length; at += 1) file[at] = MAGIC.charCodeAt(at);
  head.setUint32(8, VERSION, true);
  head.setUint32(12, body.length, true);
  head.setUint32(16, crc32(body), true);
  file.set(body, HEAD);
  return file;
}

/** Returns what a file holds; throws one `Error` that says what is wrong with it when it is no whole model. */
export function readModel(file: Uint8Array): ModelData {
  const refuse = (why: string): never => {
    throw new Error(`E_CONTENT_MODEL: this is no usable content model: ${why}`);
  };
  if (file.length < HEAD) return refuse(`it has ${file.length} bytes`);
  const head = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < MAGIC.length; at += 1)
    if (file[at] !== MAGIC.charCodeAt(at)) return refuse('it does not begin as one');
  const version = head.getUint32(8, true);
  if (version !== VERSION) return refuse(`its format is ${version}, and ${VERSION} is read`);
  const length = head.getUint32(12, true);
  if (length !== file.length - HEAD) return refuse(`${file.length - HEAD} bytes are there of ${length}`);
  const body = file.subarray(HEAD);
  if (crc32(body) !== head.getUint32(16, true)) return refuse('its checksum is wrong');
  try {
    return readBody(new ByteReader(body));
  } catch (cause) {
    throw new Error('E_CONTENT_MODEL: this is no usable content model: its content is damaged', { cause });
  }
}

function readBody(bytes: ByteReader): ModelData {
  const calibrations = PLACEMENT_GROUPS.map(() => ({ slope: bytes.f32(), offset: bytes.f32() }));
  const classes: AttackClass[] = [];
  for (let left = bytes.u16(); left > 0; left -= 1) {
    let name = '';
    for (let letters = bytes.u8(); letters > 0; letters -= 1) name += String.fromCharCode(bytes.u8());
    if (!isAttackClass(name)) throw new RangeError(`the class ${name} is not known`);
    classes.push(name);
  }
  const classBiases = Float32Array.from(classes, () => bytes.f32());
  const weights = readRow(bytes, WEIGHT_COUNT);
  const classWeights = readRow(bytes, CLASS_BUCKETS * classes.length);
  return {
    calibrations,
    classes,
    classBiases,
    step: weights.step,
    weights: weights.row,
    classStep: classWeights.step,
    classWeights: classWeights.row,
  };
}

/** Weights are cut where 127 steps end, which is at the largest of them. */
function writeRow(bytes: ByteWriter, row: Float32Array): void {
  const most = row.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
  const step = Math.fround(Math.max(most / 127, 1e-6));
  const steps = Int8Array.from(row, (weight) => Math.max(-127, Math.min(127, Math.round(weight / step))));
  bytes.f32(step);
  bytes.u32(row.length);
  bytes.u32(steps.reduce((kept, value) => kept + (value === 0 ? 0 : 1), 0));
  let last = -1;
  for (const [index, value] of steps.entries()) {
    if (value === 0) continue;
    bytes.leb128(index - last - 1);
    bytes.u8(value & 255);
    last = index;
  }
}

function readRow(bytes: ByteReader, size: number): { step: number; row: Int8Array } {
  const step = bytes.f32();
  const said = bytes.u32();
  if (said !== size) throw new RangeError(`a row has ${said} weights instead of ${size}`);
  const row = new Int8Array(size);
  let at = -1;
  for (let kept = bytes.u32(); kept > 0; kept -= 1) {
    at += bytes.leb128() + 1;
    if (at >= size) throw new RangeError('a weight is behind the end of its row');
    row[at] = (bytes.u8() << 24) >> 24;
  }
  return { step, row };
}

class ByteWriter {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  u16(value: number): void {
    this.#room(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  f32(value: number): void {
    this.#room(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  leb128(value: number): void {
    let left = value;
    for (; left > 127; left >>>= 7) this.u8((left & 127) | 128);
    this.u8(left);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Throws a `RangeError` behind the end. */
class ByteReader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    this.#at += 1;
    return this.#view.getUint8(this.#at - 1);
  }

  u16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  f32(): number {
    this.#at += 4;
    return this.#view.getFloat32(this.#at - 4, true);
  }

  leb128(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a distance is too long');
  }
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

// `run.mjs FOLDER write` makes pictures; `run.mjs FOLDER compare` runs the model on them and compares bits.
import { readFileSync, writeFileSync, readdirSync } from "node:fs";

const [folder, step] = process.argv.slice(2);
const count = 3;
const pixels = new Float32Array(count * 784);
for (let i = 0, state = 1; i < pixels.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    pixels[i] = state % 5 === 0 ? (state >>> 24) / 255 : 0;
}
if (step === "write") {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, 784), }`.padEnd(117) + "\n";
    const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
    writeFileSync(`${folder}/pixels.npy`, Buffer.concat([start, Buffer.from(header), Buffer.from(pixels.buffer)]));
    process.exit(0);
}

const { instance } = await WebAssembly.instantiate(readFileSync(`${folder}/pith.wasm`), {});
const { memory, pith_allocate, pith_run } = instance.exports;
const place = (bytes) => {
    const at = pith_allocate(bytes.length) >>> 0;
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    return at;
};
const run = (model) => {
    const at = place(model);
    const input = place(new Uint8Array(pixels.buffer));
    const output = pith_allocate(65536) >>> 0;
    const written = pith_run(at, model.length, input, pixels.length, output);
    return written < 0
        ? { message: Buffer.from(memory.buffer, output, -written).toString() }
        : { bytes: Buffer.from(new Uint8Array(memory.buffer, output, 4 * written)) };
};

const fail = (message) => {
    console.error(`dev/embedded: ${message}`);
    process.exit(1);
};
const raw = readFileSync(`${folder}/raw.pith`);
const result = run(raw);
if (result.message) fail(result.message);
const [name] = readdirSync(`${folder}/native`);
const npy = readFileSync(`${folder}/native/${name}`);
const native = npy.subarray(10 + npy.readUInt16LE(8));
if (result.bytes.length !== count * 40 || !result.bytes.equals(native)) fail("other bits than on this machine");

const damaged = Buffer.from(raw);
damaged[damaged.length - 9] ^= 1;
if (!run(damaged).message) fail("a damaged file was taken");
const compressed = run(readFileSync("Sources/MNISTInfer/Resources/mnist.pith"));
if (!compressed.message) fail("a compressed file was taken");
console.log(`compressed file: ${compressed.message}`);
console.log(`the same bits as on this machine: ${result.bytes.length / 4} floats`);

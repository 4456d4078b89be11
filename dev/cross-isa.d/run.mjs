// Prints the hashes of a WebAssembly module's cases: `run.mjs FILE LABEL ISA`.
import { readFileSync } from "node:fs";

const [file, label, isa] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(file), {});
const { memory, cross_case_count, cross_case_name, cross_case_hash } = instance.exports;
for (let index = 0; index < cross_case_count(); index++) {
    const bytes = new Uint8Array(memory.buffer, cross_case_name(index));
    const name = Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString();
    const hash = BigInt.asUintN(64, cross_case_hash(index, Number(isa)));
    console.log(`${label} ${name} ${hash.toString(16).padStart(16, "0")}`);
}

import {closeSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {spawnSync} from "node:child_process";
import {tmpdir} from "node:os";
import path from "node:path";
import {openFile} from "../src/open-file";

const folder = mkdtempSync(path.join(tmpdir(), "open-file-"));
afterAll(() => rmSync(folder, {recursive: true}));
const at = (name: string) => path.join(folder, name);

test("opens a file and knows its size", () => {
  writeFileSync(at("five"), "12345");
  const {fd, size} = openFile(at("five"));
  closeSync(fd);
  expect(size).toBe(5);
});

test("says in a sentence why a file cannot be opened, and does not wait for the writer of a pipe", () => {
  symlinkSync(at("loop"), at("loop"));
  spawnSync("mkfifo", [at("pipe")]);
  expect(() => openFile(at("none"))).toThrow(`${at("none")}: there is no such file.`);
  expect(() => openFile(at("five/inside"))).toThrow(`${at("five/inside")}: there is no such file.`);
  expect(() => openFile(at("loop"))).toThrow(`${at("loop")}: its links lead in a circle.`);
  expect(() => openFile(at("x".repeat(300)))).toThrow("the name is too long.");
  expect(() => openFile(folder)).toThrow(`${folder}: expected a file, found a folder or a device.`);
  expect(() => openFile(at("pipe"))).toThrow(`${at("pipe")}: expected a file, found a folder or a device.`);
});

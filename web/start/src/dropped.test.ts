import { describe, expect, it } from "vitest";
import { accepted, contentsOf, filesOf } from "./dropped.ts";

const file = (name: string): FileSystemEntry =>
  ({ isDirectory: false, name, file: (done: (file: File) => void) => done(new File(["x"], name)) }) as unknown as FileSystemEntry;

const unreadable = (name: string): FileSystemEntry =>
  ({ isDirectory: false, name, file: (_: unknown, failed: (error: Error) => void) => failed(new Error("gone")) }) as unknown as FileSystemEntry;

/** A folder that gives at most two entries at a time. */
const folder = (name: string, ...inside: FileSystemEntry[]): FileSystemDirectoryEntry => {
  const createReader = (): unknown => {
    let at = 0;
    return {
      readEntries: (done: (entries: FileSystemEntry[]) => void) => {
        done(inside.slice(at, at + 2));
        at += 2;
      },
    };
  };
  return { isDirectory: true, name, createReader } as unknown as FileSystemDirectoryEntry;
};

const namesOf = async (...folders: FileSystemDirectoryEntry[]): Promise<[string[], number]> => {
  const { files, leftOut } = await filesOf(folders);
  return [files.map((one) => one.name), leftOut];
};

const item = (entry: FileSystemEntry | null, one: File | null): unknown => ({ webkitGetAsEntry: () => entry, getAsFile: () => one });

describe("what was dropped", () => {
  it("is told apart: files of whatever kind, folders, and what is neither", () => {
    const [plain, bare, listed] = [new File([], "a.exe"), new File([], "b.pdf"), new File([], "docs")];
    const docs = folder("docs");
    const items = [item(file("a.exe"), plain), item(docs, listed), item(null, bare), item(null, null)];
    expect(contentsOf({ items } as unknown as DataTransfer)).toEqual({ files: [plain, bare], folders: [docs] });
  });

  it("is what folders hold, in portions and in order, without hidden files and other kinds", async () => {
    const inner = folder("inner", file("2.MD"), file("1.html"), file("logo.png"));
    const outer = folder("outer", file("z.csv"), file(".DS_Store"), inner, file("photo.jpg"), file("a.docx"));
    expect(await namesOf(outer, folder("own", file("own.txt")))).toEqual([["a.docx", "1.html", "2.MD", "z.csv", "own.txt"], 2]);
  });

  it("may be nothing", async () => {
    expect(await namesOf(folder("empty"))).toEqual([[], 0]);
    expect(await namesOf()).toEqual([[], 0]);
  });

  it("is not told in part when something cannot be read", async () => {
    await expect(filesOf([folder("outer", file("a.txt"), unreadable("b.txt"))])).rejects.toThrow("gone");
  });

  it("has the endings that can be chosen", async () => {
    for (const ending of accepted.split(",")) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await namesOf(folder("one", file(`a${ending}`)))).toEqual([[`a${ending}`], 0]);
    }
  });
});

/** The files of a drop. A browser lists a dropped folder as if it were a file, and reading that one fails. */

/** Endings that the server reads; other files of a dropped folder are left out, hidden ones without a word. */
const known = /\.(?:pdf|docx|xlsx|pptx|doc|xls|ppt|rtf|txt|md|markdown|html?|csv|json)$/i;

/** What a file input lets be chosen. */
export const accepted = ".pdf,.docx,.xlsx,.pptx,.doc,.xls,.ppt,.rtf,.txt,.md,.markdown,.html,.htm,.csv,.json";

export interface Dropped {
  files: File[];
  /** How many files were left out for their kind. */
  leftOut: number;
}

/** The files and the folders of a drop. They can be had only while its event is handled. */
export function contentsOf(transfer: DataTransfer): { files: File[]; folders: FileSystemDirectoryEntry[] } {
  const files: File[] = [];
  const folders: FileSystemDirectoryEntry[] = [];
  for (const item of transfer.items) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry !== null && isFolder(entry)) {
      folders.push(entry);
    } else if (file !== null) {
      files.push(file);
    }
  }
  return { files, folders };
}

/** Walks folders, in the order of their names. It throws when something in them cannot be read. */
export const filesOf = async (folders: FileSystemDirectoryEntry[]): Promise<Dropped> => joined(await Promise.all(folders.map(folder)));

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function one(entry: FileSystemFileEntry): Promise<Dropped> {
  return { files: [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))], leftOut: 0 };
}

async function folder(entry: FileSystemDirectoryEntry): Promise<Dropped> {
  const inside = (await contents(entry)).filter(({ name }) => !name.startsWith("."));
  inside.sort((a, b) => a.name.localeCompare(b.name));
  const wanted = inside.filter((each) => isFolder(each) || known.test(each.name));
  const parts = await Promise.all(wanted.map((each) => (isFolder(each) ? folder(each) : one(each as FileSystemFileEntry))));
  const { files, leftOut } = joined(parts);
  return { files, leftOut: leftOut + inside.length - wanted.length };
}

/** A folder gives its entries in portions, and an empty one at the end. */
async function contents(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const portion = (): Promise<FileSystemEntry[]> => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  const all: FileSystemEntry[] = [];
  while (true) {
    // Each portion comes after the one before.
    // oxlint-disable-next-line no-await-in-loop
    const next = await portion();
    if (next.length === 0) {
      return all;
    }
    all.push(...next);
  }
}

const joined = (parts: Dropped[]): Dropped => ({
  files: parts.flatMap((part) => part.files),
  leftOut: parts.reduce((sum, part) => sum + part.leftOut, 0),
});

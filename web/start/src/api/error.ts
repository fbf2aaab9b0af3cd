/** The one error of this page: a refused request, a lost connection and an unreadable answer all become it. */

export interface FieldError {
  /** A place in a list is a number between dots, whether the server wrote `hours.mon[0]` or `hours.mon.0`. */
  field: string;
  code: string;
  detail: string;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  /** 0 when no answer came at all. */
  readonly status: number;
  readonly requestId: string | null;
  readonly fields: FieldError[];

  constructor(parts: { code: string; status: number; detail: string; requestId?: string | null; fields?: FieldError[] }) {
    super(parts.detail);
    this.code = parts.code;
    this.status = parts.status;
    this.requestId = parts.requestId ?? null;
    this.fields = parts.fields ?? [];
  }

  /** What the server says about one field of the form. */
  field(name: string): string | null {
    return this.fields.find((error) => error.field === name)?.detail ?? null;
  }
}

type Fields = Record<string, unknown>;

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** Reads the envelope `{message, error: {code, detail, errors[]}}`; whatever else came still makes an error. */
export function errorFrom(status: number, body: unknown, requestId: string | null, fallback: string): ApiError {
  const error = record(record(body)["error"]);
  const list: unknown[] = Array.isArray(error["errors"]) ? error["errors"] : [];
  const fields = list.map(record).map((entry) => ({
    field: String(entry["field"] ?? "").replaceAll(/\[(\d+)\]/g, ".$1"),
    code: String(entry["code"] ?? ""),
    detail: String(entry["detail"] ?? fallback),
  }));
  return new ApiError({
    code: typeof error["code"] === "string" ? error["code"] : "UNREADABLE_ANSWER",
    status,
    detail: typeof error["detail"] === "string" ? error["detail"] : fallback,
    requestId,
    fields,
  });
}

/** Errors that code branches on: by their code, never by their sentence. */

/**
 * Reason of an error: `usage`, a command line that cannot be; `interrupted`, before work that can resume; `aborted`, a training
 * that saved and stopped; `diverged`, a training whose gradient is no longer finite; `rank-lost`, another rank that ended or
 * hangs; `port-taken`, a port on which another program listens; `unresolved`, a simulation that its grid is too coarse for; the
 * others, a file that cannot be written.
 */
export type ErrorCode =
  "usage" | "interrupted" | "aborted" | "diverged" | "rank-lost" | "port-taken" | "unresolved" | WriteErrorCode;

/** Reason why a file cannot be written. */
export type WriteErrorCode = "no-space" | "read-only" | "no-folder" | "in-the-way" | "too-large";

/** An error as plain data, which one process sends to another. */
export interface ErrorMessage {
  readonly code?: ErrorCode;
  readonly message: string;
}

/** An error with a code. */
export class LabError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether an error has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is LabError {
  return error instanceof LabError && codes.includes(error.code);
}

/** Describe an error for another process. */
export function errorMessage(error: unknown): ErrorMessage {
  const code = error instanceof LabError ? error.code : undefined;
  return {code, message: error instanceof Error ? error.message : String(error)};
}

/** Restore the error of another process. */
export function errorFrom({code, message}: ErrorMessage): Error {
  return code === undefined ? new Error(message) : new LabError(code, message);
}

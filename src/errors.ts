type Details = { readonly cause?: unknown };

/** Base of every error we throw on purpose. `retryable` says whether trying again could help. */
export abstract class AppError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;

  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.name = new.target.name;
  }
}

/** The environment cannot be run with. `problems` names every variable at fault, never a value. */
export class ConfigInvalid extends AppError {
  readonly code = 'config_invalid';
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[], details: Details = {}) {
    super(problems.join('\n'), details);
    this.problems = problems;
  }
}

/** Nobody proved who sent this. The answer says nothing more than 401. */
export class Unauthenticated extends AppError {
  readonly code = 'unauthenticated';
  readonly retryable = false;
}

/** The bytes are authentic, but cannot be understood. */
export class Malformed extends AppError {
  readonly code = 'malformed';
  readonly retryable = false;
}

/** A valid request of ours names something impossible; the message says what and where. */
export class Invalid extends AppError {
  readonly code = 'invalid';
  readonly retryable = false;
}

export class NotFound extends AppError {
  readonly code = 'not_found';
  readonly retryable = false;
}

export class Conflict extends AppError {
  readonly code = 'conflict';
  readonly retryable = false;
}

export class TooLarge extends AppError {
  readonly code = 'too_large';
  readonly retryable = false;
}

/** The sender takes longer than a body may. */
export class TooSlow extends AppError {
  readonly code = 'too_slow';
  readonly retryable = true;
}

/** This sender leaves more unfinished than its share of what all need. */
export class OverShare extends AppError {
  readonly code = 'over_share';
  readonly retryable = true;
}

/** We cannot keep a promise of durability right now: full, or the database is away. */
export class Unavailable extends AppError {
  readonly code = 'unavailable';
  readonly retryable = true;
}

/** The other side did not answer, or failed on its own account. */
export class UpstreamUnavailable extends AppError {
  readonly code = 'upstream_unavailable';
  readonly retryable = true;
}

/** The other side asks for patience. */
export class UpstreamThrottled extends AppError {
  readonly code = 'upstream_throttled';
  readonly retryable = true;
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, details: Details = {}) {
    super(message, details);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The other side understood and refused for good. */
export class UpstreamRejected extends AppError {
  readonly code = 'upstream_rejected';
  readonly retryable = false;
  readonly upstreamCode: string;

  constructor(message: string, upstreamCode: string, details: Details = {}) {
    super(message, details);
    this.upstreamCode = upstreamCode;
  }
}

/**
 * Whether an error is a mistake in our own code (or data our code did not foresee), so that the same
 * work will fail again. What drivers throw may pass later and is none.
 */
export function isOurFault(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError ||
    (error instanceof Error && error.name === 'ZodError') ||
    (error instanceof AppError && !error.retryable)
  );
}

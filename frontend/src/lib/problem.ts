import { isAxiosError } from 'axios';

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  code?: string;
  errors?: FieldProblem[];
  request_id?: string;
}

/** What the API said when it refused (RFC 9457), or `offline` when it didn't answer. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldProblem[];
  readonly requestId: string | null;

  constructor(status: number, code: string, message: string, body: ProblemBody = {}) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.errors = body.errors ?? [];
    this.requestId = body.request_id ?? null;
  }
}

export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (!isAxiosError(error)) {
    return new ApiProblem(0, 'unexpected', error instanceof Error ? error.message : String(error));
  }
  const { response } = error;
  if (response === undefined) return new ApiProblem(0, 'offline', error.message);
  const data: unknown = response.data;
  const body: ProblemBody = typeof data === 'object' && data !== null ? data : {};
  const requestId: unknown = response.headers['x-request-id'];
  return new ApiProblem(
    response.status,
    body.code ?? `http_${response.status}`,
    body.detail ?? body.title ?? error.message,
    {
      ...body,
      request_id: body.request_id ?? (typeof requestId === 'string' ? requestId : undefined),
    },
  );
}

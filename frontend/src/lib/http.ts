import axios, { type AxiosError, type InternalAxiosRequestConfig } from 'axios';

import type { AccessToken } from '@/api/types';
import { ApiProblem, toProblem } from '@/lib/problem';
import { answered, fromProxy, unanswered } from '@/lib/reach';
import { accessToken, sessionWorkspace, signIn, signOut } from '@/lib/session';

declare module 'axios' {
  interface InternalAxiosRequestConfig {
    retried?: boolean;
    /** Workspace that the request was first sent for; null without a session. */
    workspace?: string | null;
  }
}

/** Calls that carry no token and whose 401 is an answer, not an expired session. */
const OPEN = /^\/(auth\/(login|refresh|logout)|setup|invitations\/accept)/;

export const http = axios.create({
  baseURL: '/api/v1',
  paramsSerializer: { indexes: null },
});

function isOpen(config: InternalAxiosRequestConfig): boolean {
  return OPEN.test(config.url ?? '');
}

http.interceptors.request.use((config) => {
  const token = accessToken();
  config.workspace ??= sessionWorkspace();
  if (token !== null && !isOpen(config)) config.headers.setAuthorization(`Bearer ${token}`);
  // A repeat after a refresh keeps its key, so the server does the work once.
  if (config.method === 'post' && !isOpen(config) && !config.headers.has('Idempotency-Key')) {
    config.headers.set('Idempotency-Key', crypto.randomUUID());
  }
  return config;
});

let refreshing: Promise<void> | null = null;

/**
 * Trade the refresh cookie for a new access token. All callers at one time
 * share one request: refresh tokens rotate, and a second use of the same one
 * would end the session.
 */
export function refreshSession(): Promise<void> {
  refreshing ??= http
    .post<AccessToken>('/auth/refresh')
    .then(({ data }) => signIn(data.access_token))
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

async function repeatAfterRefresh(config: InternalAxiosRequestConfig): Promise<unknown> {
  try {
    await refreshSession();
  } catch (refusal) {
    // Without a network the session may still be good.
    if (toProblem(refusal).code !== 'offline') signOut();
    throw toProblem(refusal);
  }
  // The session went to another workspace: what was meant for the one before isn't done there.
  const meant = config.workspace ?? null;
  if (meant !== null && sessionWorkspace() !== meant)
    throw new ApiProblem(0, 'elsewhere', 'Another workspace.');
  return http.request({ ...config, retried: true } as InternalAxiosRequestConfig);
}

/** An aborted request tells nothing about the server. */
function noteSilence({ response }: AxiosError): void {
  const type = String(response?.headers['content-type'] ?? '');
  if (response === undefined || fromProxy(response.status, type)) unanswered();
  else answered();
}

function hear<T>(response: T): T {
  answered();
  return response;
}

http.interceptors.response.use(hear, (error: AxiosError) => {
  const { config, response } = error;
  if (!axios.isCancel(error)) noteSilence(error);
  if (response?.status === 401 && config && !config.retried && !isOpen(config)) {
    return repeatAfterRefresh(config);
  }
  return Promise.reject(axios.isCancel(error) ? error : toProblem(error));
});

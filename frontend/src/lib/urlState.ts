import { useSearchParams } from 'react-router';

/** One value of the query string; setting it to null or '' removes it. */
export function useUrlValue(
  name: string,
  { replace = false } = {},
): [string | null, (value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string | null): void => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace },
    );
  };
  return [params.get(name), set];
}

import { Link } from 'react-router';

import styles from '@/ui/DataTable.module.css';

interface Props {
  to: string;
  name: string;
  /** Small print under the name, such as a phone number. */
  below: string | null;
}

/** What a row is called, leading to its page. */
export function NameCell({ to, name, below }: Props) {
  return (
    <>
      <Link to={to} className={styles.name}>
        {name}
      </Link>
      {below !== null && below !== name && <div className={styles.sub}>{below}</div>}
    </>
  );
}

import { Button, Textarea } from '@mantine/core';
import { FileUp } from 'lucide-react';
import { type ChangeEvent, type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import styles from '@/entities/recipient/import.module.css';

interface Props {
  text: string;
  onText: (text: string) => void;
}

/** A file's text: UTF-8, or what older spreadsheets write. */
async function read(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Where people come from: a CSV file, dropped or chosen, or lines pasted. */
export function PeopleSource({ text, onText }: Props) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null): void => {
    const file = files?.[0];
    if (file) void read(file).then(onText);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const choose = (event: ChangeEvent<HTMLInputElement>): void => {
    take(event.currentTarget.files);
    event.currentTarget.value = '';
  };
  const hover = (on: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(on);
  };
  return (
    <>
      <div
        className={styles.drop}
        data-over={over || undefined}
        role="group"
        aria-label={t('import.file')}
        onDragOver={hover(true)}
        onDragLeave={hover(false)}
        onDrop={drop}
      >
        <Button
          variant="default"
          leftSection={<FileUp size={16} aria-hidden />}
          onClick={() => picker.current?.click()}
        >
          {t('import.choose')}
        </Button>
        <span>{t('import.drop')}</span>
        <input
          ref={picker}
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          aria-label={t('import.file')}
          hidden
          onChange={choose}
        />
      </div>
      <Textarea
        label={t('import.paste')}
        placeholder={'Marta Ruiz, +52 55 5555 0101\nDiego Fernández, +52 55 5555 0102'}
        autosize
        minRows={4}
        maxRows={10}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </>
  );
}

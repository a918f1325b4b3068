import { useMemo } from 'react';

import { allZones, zoneCity, zoneOffset } from '@/lib/time';
import { type Option, Select } from '@/ui/Select';

interface Props {
  label: string;
  value: string;
  onChange: (zone: string) => void;
}

const toOption = (zone: string): Option => ({
  value: zone,
  label: `${zoneCity(zone)} (${zone})`,
  note: zoneOffset(zone),
});

/** All IANA time zones the browser knows, found by typing a city. */
export function ZoneSelect({ label, value, onChange }: Props) {
  const options = useMemo(() => allZones().map(toOption), []);
  return (
    <Select
      label={label}
      options={options}
      value={toOption(value)}
      onChange={(option) => {
        if (option) onChange(option.value);
      }}
    />
  );
}

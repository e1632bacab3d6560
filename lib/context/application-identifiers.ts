/**
 * GS1 application identifiers: what a field may hold, whether its length is predefined (no FNC1 after it) and how we call
 * it. Numbers, formats and predefined lengths are those of the GS1 General Specifications, sections 3.2 and 7.8.5.
 */
import { gmnCheckPair, mod10 } from "./check-digits";

/** n: digits, x: character set 82, y: character set 39, z: base64url. */
type Charset = "n" | "x" | "y" | "z";
/**
 * mod10, gmn: check digit or pair. date: YYMMDD, date0: the same, where day 00 means the last of the month. birth: YYYYMMDD.
 * time: HHMM, hour: HH, minute: MM or SS. zero: a filler.
 */
type Check = "mod10" | "gmn" | "date" | "date0" | "birth" | "time" | "hour" | "minute" | "zero";

interface Part {
  readonly charset: Charset;
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
  readonly check: Check | undefined;
}

export interface ApplicationIdentifier {
  readonly ai: string;
  /** The name in `msg.scan.gs1`; the number itself where we have no name. */
  readonly name: string;
  /** Characters of a field whose length is predefined, 0 where FNC1 (or the end) ends it. */
  readonly predefined: number;
  readonly maxLength: number;
  readonly parts: readonly Part[];
  /** Digital Link: the qualifiers that may follow this key in the path, in order; undefined where it is no key. */
  readonly qualifiers: readonly (readonly string[])[] | undefined;
}

/**
 * One line each: AI or range, "*" when its length is predefined, its parts (n6 fixed, n..6 up to, ? optional, then a check),
 * and after "=" its name.
 */
const TABLE = `
00 * n18:mod10 = sscc
01 * n14:mod10 = gtin
02 * n14:mod10 = content
03 * n14:mod10 = mto_gtin
10 x..20 = batch
11 * n6:date0 = production_date
12 * n6:date0 = due_date
13 * n6:date0 = packaging_date
15 * n6:date0 = best_before
16 * n6:date0 = sell_by
17 * n6:date0 = expiry
20 * n2 = variant
21 x..20 = serial
22 x..20 = cpv
235 x..28 = tpx
240 x..30 = additional_id
241 x..30 = customer_part
242 n..6 = mto_variant
243 x..20 = pcn
250 x..30 = secondary_serial
251 x..30 = source_ref
253 n13:mod10 x..17? = gdti
254 x..20 = gln_extension
255 n13:mod10 n..12? = gcn
30 n..8 = var_count
3100-3105 3110-3115 3120-3125 3130-3135 3140-3145 3150-3155 3160-3165 * n6
3200-3205 3210-3215 3220-3225 3230-3235 3240-3245 3250-3255 3260-3265 3270-3275 3280-3285 3290-3295 * n6
3300-3305 3310-3315 3320-3325 3330-3335 3340-3345 3350-3355 3360-3365 3370-3375 * n6
3400-3405 3410-3415 3420-3425 3430-3435 3440-3445 3450-3455 3460-3465 3470-3475 3480-3485 3490-3495 * n6
3500-3505 3510-3515 3520-3525 3530-3535 3540-3545 3550-3555 3560-3565 3570-3575 * n6
3600-3605 3610-3615 3620-3625 3630-3635 3640-3645 3650-3655 3660-3665 3670-3675 3680-3685 3690-3695 * n6
37 n..8 = count
3900-3909 n..15
3910-3919 n3 n..15
3920-3929 n..15
3930-3939 n3 n..15
3940-3943 n4
3950-3955 n6
400 x..30 = order_number
401 x..30 = ginc
402 n17:mod10 = gsin
403 x..30 = route
410 * n13:mod10 = ship_to
411 * n13:mod10 = bill_to
412 * n13:mod10 = purchase_from
413 * n13:mod10 = ship_for
414 * n13:mod10 = location
415 * n13:mod10 = pay_to
416 * n13:mod10 = service_location
417 * n13:mod10 = party
420 x..20
421 n3 x..9
422 n3 = origin
423 n3 n3? n3? n3? n3?
424 n3
425 n3 n3? n3? n3? n3?
426 n3
427 x..3
4300-4301 x..35
4302-4306 x..70
4307 x2
4308 x..30
4309 n10 n10
4310-4311 x..35
4312-4316 x..70
4317 x2
4318 x..20
4319 x..30
4320 x..35
4321-4323 n1
4324-4325 n6:date0 n4:time
4326 n6:date
4330-4333 n6 x1?
7001 n13 = nsn
7002 x..30
7003 n6:date n4:time = expiry_time
7004 n..4
7005 x..12
7006 n6:date
7007 n6:date n6?:date
7008 x..3
7009 x..10
7010 x..2
7011 n6:date n4?:time
7020 x..20 = refurbishment_lot
7021 x..20
7022 x..20
7023 x..30 = assembly_giai
7030-7039 n3 x..27
7040 n1 x1 x1 x1
7041 x..4
710-717 x..20
7230-7239 x2 x..28
7240 x..20
7241 n2
7242 x..25
7250 n8:birth
7251 n8:birth n4:time
7252 n1
7253-7254 x..40
7255 x..10
7256 x..90
7257 x..70
7258 x3
7259 x..40
8001 n4 n5 n3 n1 n1
8002 x..20
8003 n1:zero n13:mod10 x..16? = grai
8004 x..30 = giai
8005 n6
8006 n14:mod10 n4 = itip
8007 x..34
8008 n6:date n2:hour n2?:minute n2?:minute = production_time
8009 x..50
8010 y..30 = cpid
8011 n..12 = cpid_serial
8012 x..20 = software_version
8013 x..25:gmn = gmn
8014 x..25:gmn = mudi
8017 n18:mod10 = gsrn_provider
8018 n18:mod10 = gsrn_recipient
8019 n..10 = srin
8020 x..25 = payment_ref
8026 n14:mod10 n4 = itip_content
8030 z..90
8040-8041 n15
8042 n32
8043 n18 n..2?
8110 x..70
8111 n4
8112 x..70
8200 x..70
90 x..30
91-99 x..90
`;

/** GS1 Digital Link URI Syntax, section 4: each key with the orders in which its qualifiers may follow. */
const LINK_KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "00": [[]],
  "01": [["22", "10", "21"], ["235"]],
  "253": [[]],
  "255": [[]],
  "401": [[]],
  "402": [[]],
  "414": [["254"], ["7040"]],
  "415": [["8020"]],
  "417": [["7040"]],
  "8003": [[]],
  "8004": [["7040"]],
  "8006": [["22", "10", "21"]],
  "8010": [["8011"]],
  "8013": [[]],
  "8017": [["8019"]],
  "8018": [["8019"]],
};

function part(text: string): Part {
  const [shape, check] = text.split(":") as [string, Check | undefined];
  const optional = shape.endsWith("?");
  const body = optional ? shape.slice(0, -1) : shape;
  const upTo = body.includes("..");
  const max = Number(body.slice(upTo ? 3 : 1));
  return { charset: body[0] as Charset, min: upTo ? 1 : max, max, optional, check };
}

function compile(): Map<string, ApplicationIdentifier> {
  const all = new Map<string, ApplicationIdentifier>();
  for (const line of TABLE.trim().split("\n")) {
    const [spec = "", name] = line.split(" = ");
    const words = spec.split(" ");
    const first = words.findIndex((word) => word === "*" || /^[nxyz]/.test(word));
    const parts = words
      .slice(first)
      .filter((word) => word !== "*")
      .map(part);
    const maxLength = parts.reduce((sum, { max }) => sum + max, 0);
    for (const range of words.slice(0, first)) {
      const [from = "", to = from] = range.split("-");
      for (let number = Number(from); number <= Number(to); number++) {
        const ai = String(number).padStart(from.length, "0");
        const predefined = words[first] === "*" ? maxLength : 0;
        all.set(ai, { ai, name: name ?? ai, predefined, maxLength, parts, qualifiers: LINK_KEYS[ai] });
      }
    }
  }
  return all;
}

const BY_NUMBER = compile();
/** How many digits an AI has follows from its first two. */
const DIGITS = new Map([...BY_NUMBER.keys()].map((ai) => [ai.slice(0, 2), ai.length]));

export function byNumber(ai: string): ApplicationIdentifier | undefined {
  return BY_NUMBER.get(ai);
}

/** The AI that stands at `at` in an element string. */
export function identifierAt(text: string, at: number): ApplicationIdentifier | undefined {
  const digits = DIGITS.get(text.slice(at, at + 2));
  return digits === undefined ? undefined : BY_NUMBER.get(text.slice(at, at + digits));
}

export function allIdentifiers(): IterableIterator<ApplicationIdentifier> {
  return BY_NUMBER.values();
}

const CHARSETS: Readonly<Record<Charset, ReadonlySet<string>>> = {
  n: new Set("0123456789"),
  x: new Set("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"),
  y: new Set("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
  z: new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="),
};

/** What is wrong with a field, or undefined. `kind` "check" is a check digit that does not match, all else is "format". */
export interface FieldFault {
  readonly kind: "format" | "check";
  readonly reason: string;
}

/** Tests a field's characters, length, date and check digit. */
export function fieldFault({ ai, parts }: ApplicationIdentifier, value: string): FieldFault | undefined {
  let at = 0;
  for (const { charset, min, max, optional, check } of parts) {
    if (optional && at === value.length) break;
    const end = Math.min(at + max, value.length);
    if (end - at < min) return format(ai, value, `has ${value.length} characters, too few`);
    const allowed = CHARSETS[charset];
    for (let i = at; i < end; i++) {
      if (!allowed.has(value[i] as string)) return format(ai, value, `has a character that is not allowed at ${i + 1}`);
    }
    const fault = check === undefined ? undefined : checkFault(check, value.slice(at, end));
    if (fault !== undefined)
      return { kind: check === "mod10" || check === "gmn" ? "check" : "format", reason: `(${ai}) ${value}: ${fault}` };
    at = end;
  }
  return at < value.length ? format(ai, value, `has ${value.length} characters, ${at} are allowed`) : undefined;
}

function format(ai: string, value: string, what: string): FieldFault {
  return { kind: "format", reason: `(${ai}) "${value.slice(0, 40)}" ${what}` };
}

function checkFault(check: Check, text: string): string | undefined {
  switch (check) {
    case "mod10": {
      const wanted = mod10(text.slice(0, -1));
      return text.endsWith(wanted) ? undefined : `check digit is ${text.slice(-1)}, must be ${wanted}`;
    }
    case "gmn": {
      const wanted = text.length > 2 ? gmnCheckPair(text.slice(0, -2)) : undefined;
      return wanted !== undefined && text.endsWith(wanted)
        ? undefined
        : `check characters are ${text.slice(-2)}, must be ${wanted ?? "two"}`;
    }
    case "date":
    case "date0":
      return isDay(`20${text}`, check === "date0") ? undefined : "is not a date (YYMMDD)";
    case "birth":
      return isDay(text, false) ? undefined : "is not a date (YYYYMMDD)";
    case "time":
      return text.slice(0, 2) <= "23" && text.slice(2) <= "59" ? undefined : "is not a time (HHMM)";
    case "hour":
      return text <= "23" ? undefined : `has the hour ${text}`;
    case "minute":
      return text <= "59" ? undefined : `has the minute or second ${text}`;
    case "zero":
    default:
      return text === "0" ? undefined : `starts with ${text}, must with 0`;
  }
}

/** @param text YYYYMMDD; of a two-digit year any century of leap years will do: all that are meant lie around 2000 */
function isDay(text: string, allowsDay0: boolean): boolean {
  const month = Number(text.slice(4, 6));
  const day = Number(text.slice(6));
  if (month < 1 || month > 12) return false;
  const days = new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate();
  return day >= (allowsDay0 ? 0 : 1) && day <= days;
}

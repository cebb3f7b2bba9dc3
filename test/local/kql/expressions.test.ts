import { describe, expect, it } from 'vitest';
import { one, value } from './support.ts';

describe('expressions', () => {
  it.each([
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7.0 / 2', 3.5],
    ['7 % 3', 1],
    ['1 / 0', null],
    ['"a" == "A"', false],
    ['"a" =~ "A"', true],
    ['"a" !~ "A"', false],
    ['int(null) == 1', false],
    ['int(null) != 1', true],
    ['int(null) > 1', null],
    ['isnull(int(null)) and not(isnull(1))', true],
    ['isempty("") and isnotempty("a")', true],
    ['iff(int(null) > 1, "yes", "no")', 'no'],
    ['case(1 == 2, "a", 2 == 2, "b", "c")', 'b'],
    ['coalesce("", "b")', 'b'],
    ['tostring(true)', 'true'],
    ['tostring(dynamic({"a":[1,2]}))', '{"a":[1,2]}'],
    ['tostring(datetime(2026-11-30 01:02:03.5))', '2026-11-30T01:02:03.5000000Z'],
    ['tostring(1d + 90m)', '1.01:30:00'],
    ['tolong("12") + toint("x")', null],
    ['tobool("TRUE")', true],
    ['todatetime("2026-11-30") == datetime(2026-11-30)', true],
    ['bin(datetime(2026-11-30 10:17), 5m) == datetime(2026-11-30 10:15)', true],
    ['bin(17, 5)', 15],
    ['ago(1h) == datetime(2026-11-30 11:00)', true],
    ['datetime(2026-11-30 12:00) - 30m < now()', true],
    ['startofweek(datetime(2026-11-30)) == datetime(2026-11-29)', true],
    ['datetime_diff("hour", datetime(2026-11-30 02:10), datetime(2026-11-30 00:50))', 2],
    ['5 between (1 .. 5)', true],
    ['datetime(2026-11-30) between (datetime(2026-11-29) .. 2d)', true],
    ['dynamic([1,2,3])[-1]', 3],
    ['dynamic({"a b":{"c":5}})["a b"].c', 5],
    ['array_length(dynamic([1,2]))', 2],
    ['set_has_element(dynamic(["a"]), "a")', true],
    ['split("a/b/c", "/")[1]', 'b'],
    ['extract(@"user/(\\w+)", 1, "arn:user/root!")', 'root'],
    ['replace_regex("a1b22", @"(\\d+)", "<\\\\1>")', 'a<1>b<22>'],
    ['strcat("a", 1, true)', 'a1true'],
    ['substring("abcdef", 2, 3)', 'cde'],
    ['indexof("abc", "z")', -1],
    ['tolower("ÄB")', 'äb'],
    ['"a.b" matches regex @"^a\\.b$"', true],
    ['"A.b" matches regex @"(?i)^a\\.b$"', true],
    ['ipv4_is_private("172.20.1.1") and not(ipv4_is_private("8.8.8.8"))', true],
    ['ipv4_is_in_range("10.1.2.3", "10.0.0.0/8")', true],
    ['ipv4_is_in_range("11.1.2.3", "10.0.0.0/8")', false],
    ['bag_pack("a", 1, "t", datetime(2026-11-30)).t', '2026-11-30T00:00:00.0000000Z'],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  it.each([
    ['"arn:aws:iam::1:user/Bob" has "bob"', true],
    ['"arn:aws:iam::1:user/Bob" has_cs "bob"', false],
    ['"StopLogging" has "Logging"', false],
    ['"s3:GetObject" has "s3:getobject"', true],
    ['"xs3:GetObject" has "s3:getobject"', false],
    ['"a-b_c" has "b"', true],
    ['"StopLogging" contains "pLog"', true],
    ['"StopLogging" startswith "stop"', true],
    ['"StopLogging" endswith_cs "logging"', false],
    ['"Get Object" hasprefix "obj"', true],
    ['"StopLogging" has_any ("logging", "stoplogging")', true],
    ['"a b" has_all ("a", "c")', false],
    ['"a" in ("A", "b")', false],
    ['"a" in~ ("A", "b")', true],
    ['"a" !in ("A", "b")', true],
    ['"a" !in~ ("A", "b")', false],
    ['1 in (dynamic([1,2]))', true],
  ])('compares texts as Kusto does: %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  it('compares what is dynamic by what it holds', () => {
    expect(one('T | where More.flag == true | count')).toBe(4);
    expect(one('T | where More.text == "x:y-3" | count')).toBe(1);
    expect(one('T | where More["odd name"] == 3 | count')).toBe(1);
    expect(one('T | where isempty(More.nothing) | count')).toBe(10);
  });
});

import { describe, expect, it } from 'vitest';
import { elementsOf, textOf } from '../../../../shared/aws/s3/xml.ts';

describe('the reading of the documents of S3', () => {
  it('finds each element of a name, and none whose name only begins so', () => {
    expect(elementsOf('<Key>a</Key><KeyCount>2</KeyCount><Key>b</Key>', 'Key')).toEqual(['a', 'b']);
  });

  it('gives text as it was meant', () => {
    expect(textOf('<Key>a&amp;b &lt;c&gt; &quot;&apos;&#13;&#x41;</Key>', 'Key')).toBe('a&b <c> "\'\rA');
    expect(textOf('<Key>&amp;lt;</Key>', 'Key')).toBe('&lt;');
    expect(textOf('<Key>&#99999999;</Key>', 'Key')).toBe('\ufffd');
  });

  it('knows what is not there', () => {
    expect(textOf('<Key>cut', 'Key')).toBeUndefined();
  });
});

"""Chat templates rendered by Jinja, as transformers sets it up.

    chat_templates.py golden FILE              small templates of our own with what they give
    chat_templates.py render FILE TEMPLATE...  each template file with several conversations

Writes a JSON list of cases: name, template, values, and either expected or error.
"""

import datetime
import json
import sys

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox

LOCAL_TIME = 1750000000  # Sunday, 15 June 2025, 15:06:40


class Generation(jinja2.ext.Extension):
    """`{% generation %}`, which marks what the model writes, as a block that only writes its body."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def environment():
    result = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols, jinja2.ext.do])

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def strftime_now(form):
        return datetime.datetime.fromtimestamp(LOCAL_TIME, datetime.timezone.utc).strftime(form)

    result.filters["tojson"] = tojson
    result.globals["raise_exception"] = raise_exception
    result.globals["strftime_now"] = strftime_now
    return result


def case(name, template, values):
    result = {"name": name, "template": template, "values": values}
    try:
        result["expected"] = environment().from_string(template).render(**values)
    except Exception as error:  # whatever Jinja refuses, we have to refuse
        result["error"] = f"{type(error).__name__}: {error}"
    return result


TOOLS = [
    {"type": "function", "function": {
        "name": "weather", "description": "What the weather is \"now\" <&>",
        "parameters": {"type": "object", "properties": {
            "city": {"type": "string", "description": " a city's name "},
            "days": {"type": "array", "items": {"type": "integer"}, "description": "which days"},
            "unit": {"type": ["string", "null"], "description": "°C or °F", "enum": ["°C", "°F", None]},
            "deep": {"type": "object", "additionalProperties": {"type": "number"}, "description": "deep"}},
            "required": ["city"], "minimum": 1.5}}},
    {"type": "function", "function": {
        "name": "clock", "description": "Zeit, 時間", "parameters": {"type": "object", "properties": {}},
        "return": {"type": "string", "description": "the time"}}},
]


def call(name, arguments, identifier="abcdefghi"):
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


def conversations():
    user, reply = {"role": "user", "content": "Hello there"}, {"role": "assistant", "content": "Hi! How are you?"}
    system = {"role": "system", "content": "You are a pirate. /no_think"}
    yield "one message", [user]
    yield "a system message", [system, user]
    yield "several turns", [system, user, reply, {"role": "user", "content": "Fine."}]
    yield "ends with the assistant", [user, reply]
    yield "white space", [{"role": "system", "content": "  x \n"}, {"role": "user", "content": "\n\n a\tb  \n"}]
    yield "scripts", [{"role": "user", "content": "größe, 日本語, 🙂👍🏽, e\u0301, \u200b, עברית"}]
    yield "quotes", [{"role": "user", "content": "\"a\" 'b' \\n {{ x }} {% if %} <|im_end|> & < >"}]
    yield "empty", [{"role": "user", "content": ""}]
    yield "thoughts", [user, {"role": "assistant", "content": "<think>\nhm, <b>\n</think>\n\nYes."}, user]
    yield "thoughts at the end", [user, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nYes."}]
    yield "reasoning apart", [user, {"role": "assistant", "content": "Yes.", "reasoning_content": "\nhm\n"}]
    yield "two from the user", [user, user]
    yield "an unknown role", [{"role": "critic", "content": "?"}, user]
    arguments = {"city": "Köln", "days": [1, 2], "unit": None, "deep": {"a": 1.0, "b": True}}
    yield "a call", [user, {"role": "assistant", "content": "", "tool_calls": [call("weather", arguments)]},
                     {"role": "tool", "content": "{\"t\": 20}", "tool_call_id": "abcdefghi", "name": "weather"}]
    yield "a call without content", [
        user, {"role": "assistant", "content": None, "tool_calls": [call("weather", "{\"city\": \"Köln\"}")]},
        {"role": "tool", "content": "20", "tool_call_id": "abcdefghi"}, reply, user]
    yield "two calls", [
        system, user,
        {"role": "assistant", "content": "Let me see.",
         "tool_calls": [call("weather", arguments), call("clock", {}, "123456789")]},
        {"role": "tool", "content": "20", "tool_call_id": "abcdefghi"},
        {"role": "tool", "content": "12:00", "tool_call_id": "123456789"}, reply]
    yield "a short call id", [user, {"role": "assistant", "content": "", "tool_calls": [call("clock", {}, "1")]}]
    yield "parts", [{"role": "user", "content": [{"type": "text", "text": "a"}]}]
    yield "none", []


def rendered(paths):
    for path in paths:
        template = open(path, encoding="utf-8").read()
        for name, messages in conversations():
            for tools in (None, TOOLS):
                for prompt in (True, False):
                    values = {
                        "messages": messages, "tools": tools, "documents": None, "add_generation_prompt": prompt,
                        "bos_token": "<s>", "eos_token": "</s>"}
                    if name == "several turns":
                        values |= {"enable_thinking": prompt, "thinking": True, "controls": {"length": "short"}}
                    if name == "scripts":
                        values |= {"date_string": "1 Jan 2025", "tools_in_user_message": False,
                                   "documents": [{"doc_id": 1, "text": "one"}]}
                    about = f"{path.rsplit('/', 1)[-1]}: {name}, tools {tools is not None}, prompt {prompt}"
                    yield case(about, template, values)


DATA = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": " Yo \n"}],
    "d": {"b": 2, "a": "x", "C": None, "items": "an element"}, "l": [3, 1, 2, 1], "s": "Hello, wörld 🙂",
    "words": ["b", "A", "c", "a"], "n": -7, "f": 2.5, "t": True, "z": None, "e": "", "deep": [[1, [2]], {"k": (1,)}],
    "rows": [{"n": 2, "k": "x"}, {"n": 1, "k": "y"}, {"n": 2}],
}

# Grouped by what they try; each line is a template.
SMALL = {
    "text": ["", "plain", "a\n", "a\n\n", "\n", "a\r\nb\rc", "{{ 1 }}\n", "{{ 1 }}\n\n", "{# c #}x", "a{# c\n#}\nb",
             "{ { % } }", "{{ '}}' }}", "{% raw %}{{ x }}{% endraw %}!", "a {%- raw -%} {{ x }} {%- endraw -%} b",
             "{{ '%}' }}{{ \"{{\" }}"],
    "white space": [
        "a\n  {% if t %}\n  b\n  {% endif %}\nc\n", "a  {%- if t -%}  b  {%- endif -%}  c", "  {% if t %}x{% endif %}\n  y",
        "a\n\t{%+ if t +%}\n  b{% endif %}", "x {{- 1 -}} y", "x\n {{- 1 }}\n y", "{% if t %}\n\n a{% endif %}\n\nb",
        "{% for x in l %}\n  {{ x }}\n{% endfor %}", "{% for x in l -%}\n  {{ x }},\n{%- endfor %}",
        "a\n   {# c #}\nb", "a\n  {#- c -#}\nb", "a {# c #} b\n {# d #} c", "  {{ 1 }}  ", "{{ 1 -}}\n\n  x",
        "{% set x = 1 %}\n\n{{ x }}", "a\n {% if t %} b {% endif %} \n c", "\n\n{% if t %}\n{% endif %}\n\n"],
    "literals": [
        "{{ 1 }} {{ 1.5 }} {{ 1e3 }} {{ 1_000 }} {{ 0.1 }} {{ 1e-7 }} {{ 1e20 }} {{ 123456789.125 }}",
        "{{ 'a' 'b' }}{{ \"q'\" }}{{ 'q\"' }}{{ '\\n\\t\\\\\\x41\\u00e9\\q' }}", "{{ true }} {{ True }} {{ none }} {{ None }}",
        "{{ [1, 'a', none, 1.0, [true]] }}", "{{ {'a': 1, 'b': [2], 3: none} }}", "{{ (1, 2) }} {{ (1,) }} {{ () }} {{ 1, 2 }}",
        "{{ ['it\\'s', 'a\"b', 'a\\'b\"c', 'x\\ny\\t\\\\', 'é🙂', '\\x07\\x7f\\xa0\\u200b'] }}"],
    "operators": [
        "{{ 1 + 2 * 3 - 4 }} {{ 7 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 2 ** 10 }}",
        "{{ 1.5 + 1 }} {{ 4 / 2 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 2 ** -1 }} {{ -n }} {{ +n }} {{ 2 ** 3 ** 2 }}",
        "{{ 'a' ~ 1 ~ none ~ true ~ [1] }}{{ 'a' + 'b' }} {{ 'ab' * 2 }} {{ [1] + [2] }} {{ 'x' ~ nothing }}",
        "{{ 1 < 2 }} {{ 1 < 2 < 2 }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' != 'b' }} {{ [1] == [1] }}",
        "{{ 1 in l }} {{ 9 not in l }} {{ 'ell' in s }} {{ 'a' in d }} {{ 'x' in nothing }} {{ not t }} {{ not not e }}",
        "{{ e or 'x' }} {{ t and 'y' }} {{ z or e or 0 }} {{ t and e }} {{ e and nothing.x }} {{ nothing or 1 }}",
        "{{ 'a' if t else 'b' }} {{ 'a' if e else 'b' }} {{ 'a' if e }} {{ 1 if e else 2 if z else 3 }}",
        "{{ d == {'b': 2, 'a': 'x', 'C': none, 'items': 'an element'} }} {{ nothing == nothing2 }} {{ nothing == none }}",
        "{{ 1 + 1 if t else 0 }} {{ not 1 == 2 }} {{ -1 | abs }} {{ 'a' + 'b' | upper }} {{ 'é' == 'e\u0301' }}"],
    "access": [
        "{{ d.a }} {{ d['a'] }} {{ d.nothing }} {{ d['nothing'] }} {{ l[0] }} {{ l[-1] }} {{ l[9] }} {{ l.0 }}",
        "{{ s[0] }} {{ s[-1] }} {{ s[1:4] }} {{ s[:-2] }} {{ s[::-1] }} {{ l[1:] }} {{ l[::2] }} {{ l[5:] }} {{ l[-99:2] }}",
        "{{ d['items'] }} {{ messages[0].role }} {{ messages[-1]['content'] | trim }} {{ messages[1:] | length }}",
        "{{ nothing }} [{{ d.x.y }}]", "{{ nothing.x }}", "{{ z.x }}", "{{ z[0] }}", "{{ s[nothing] }}", "{{ l[:'a'] }}",
        "{{ l['a'] }}{{ s.nothing }}", "{{ l[3:0:-1] }} {{ l[::-2] }} {{ l[0:99:3] }} {{ l[none:2] }}"],
    "methods": [
        "{{ '  a '.strip() }}|{{ '  a '.lstrip() }}|{{ '  a '.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abcba'.strip('ab') }}",
        "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ''.split() }} {{ ''.split(',') }}",
        "{{ s.startswith('He') }} {{ s.endswith('🙂') }} {{ s.startswith(('x', 'H')) }} {{ s.upper() }} {{ s.lower() }}",
        "{{ \"they're bill's\".title() }} {{ 'hELLO wORLD'.capitalize() }} {{ 'aXbX'.replace('X', '-') }} {{ 'aaa'.replace('a', 'b', 2) }}",
        "{{ s.find('l') }} {{ s.rfind('l') }} {{ s.find('zz') }} {{ s.count('l') }} {{ '-'.join(['a', 'b']) }} {{ 'a\\nb\\r\\nc'.splitlines() }}",
        "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %} {{ d.get('a') }} {{ d.get('q') }} {{ d.get('q', 1) }} {{ d.keys() | list }} {{ d.values() | list }}",
        "{{ '12'.isdigit() }} {{ 'ab'.isalpha() }} {{ 'a1'.isalnum() }} {{ 'AB'.isupper() }} {{ 'ab'.islower() }} {{ ' '.isspace() }} {{ ''.isdigit() }}",
        "{{ l.index(2) }} {{ l.count(1) }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('c') }} {{ 'abc'.removesuffix('x') }}",
        "{{ l.append(1) }}", "{{ d.update({'a': 1}) }}", "{{ d.pop('a') }}", "{{ s.nothing() }}", "{{ l.index(99) }}",
        "{{ s.__class__ }}", "{{ ''.__class__.__mro__ }}"],
    "filters": [
        "{{ '  a ' | trim }}|{{ 'xax' | trim('x') }}|{{ s | length }} {{ l | count }} {{ d | length }} {{ nothing | length }}",
        "{{ l | join(', ') }} {{ l | join }} {{ rows | join('-', attribute='n') }} {{ ['a', none, 1.5] | join('/') }}",
        "{{ nothing | default('x') }} {{ e | default('x') }} {{ e | default('x', true) }} {{ z | d('y') }} {{ z | default('y', boolean=true) }}",
        "{{ d | tojson }} {{ l | tojson }} {{ s | tojson }} {{ f | tojson }} {{ 'a\"\\\\\\n\\t<>&\\x01' | tojson }} {{ none | tojson }}",
        "{{ d | tojson(indent=2) }}\n{{ [] | tojson(indent=4) }}{{ {} | tojson(indent=4) }}\n{{ deep | tojson(indent=4) }}",
        "{{ d | tojson(sort_keys=true) }} {{ s | tojson(ensure_ascii=true) }} {{ l | tojson(separators=(',', ':')) }}",
        "{{ s | upper }} {{ s | lower }} {{ 'hello wORLD' | capitalize }} {{ 'hello-wORLD (foo) x_y' | title }} {{ 'ß' | upper }}",
        "{{ l | list }} {{ 'ab' | list }} {{ d | list }} {{ l | first }} {{ l | last }} {{ [] | first }} {{ l | reverse | list }} {{ 'abc' | reverse }}",
        "{{ words | map('upper') | list }} {{ rows | map(attribute='k') | list }} {{ rows | map(attribute='k', default='?') | join(',') }}",
        "{{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ rows | selectattr('k', 'defined') | map(attribute='k') | list }}",
        "{{ rows | rejectattr('k', 'defined') | list }} {{ [0, 1, none, 'a'] | select | list }} {{ l | select('odd') | list }} {{ l | reject('==', 1) | list }}",
        "{{ 1 | string + '!' }} {{ '12' | int + 1 }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ 3.9 | int }} {{ '1.5' | float }} {{ 'x' | float }} {{ ' 7 ' | int }}",
        "{{ 'a-b-c' | replace('-', '+') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 'a\nb\n\nc' | indent }}|{{ 'a\nb' | indent(2, true) }}|{{ 'a\n\nb' | indent(1, blank=true) }}",
        "{{ d | items | list | length }} {{ {'b': 1, 'A': 2} | dictsort }} {{ {'b': 1, 'a': 2} | dictsort(by='value') }} {{ {'b': 1, 'a': 2} | dictsort(reverse=true) }}",
        "{{ l | sort }} {{ l | sort(reverse=true) }} {{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ rows | sort(attribute='n') | map(attribute='n') | list }}",
        "{{ l | unique | list }} {{ words | unique | list }} {{ l | max }} {{ l | min }} {{ l | sum }} {{ rows | sum(attribute='n') }} {{ words | max }}",
        "{{ n | abs }} {{ f | round }} {{ 2.567 | round(2) }} {{ 2.1 | round(0, 'ceil') }} {{ 7 | round }} {{ '<a>' | escape }} {{ '<a>' | safe }} {{ d | attr('x') }}",
        "{{ nothing | tojson }}", "{{ 1 | length }}", "{{ [1, 'a'] | sort }}", "{{ 1 | list }}", "{{ nothing | upper }}|{{ nothing | trim }}|{{ nothing | list }}"],
    "tests": [
        "{{ x is defined }} {{ d is defined }} {{ d.q is defined }} {{ d.a is not defined }} {{ z is none }} {{ e is none }} {{ x is undefined }}",
        "{{ s is string }} {{ l is string }} {{ n is number }} {{ t is number }} {{ f is float }} {{ n is integer }} {{ t is integer }} {{ t is boolean }}",
        "{{ d is mapping }} {{ l is mapping }} {{ l is iterable }} {{ s is iterable }} {{ n is iterable }} {{ x is iterable }} {{ l is sequence }} {{ d is sequence }}",
        "{{ t is true }} {{ n is true }} {{ false is false }} {{ 4 is even }} {{ 4 is odd }} {{ 9 is divisibleby 3 }} {{ 1 is eq 1 }} {{ 1 is ne(1) }} {{ 'a' is in 'abc' }}",
        "{{ 1 is lt 2 }} {{ 1 is gt 2 }} {{ 1 is ge 1 }} {{ 'A' is upper }} {{ 'a' is lower }} {{ raise_exception is callable }} {{ none is sameas none }} {{ l is callable }}",
        "{{ x is defined and y is defined or t }} {{ 'yes' if x is not defined else 'no' }} {{ 1 is not eq 2 }} {{ not x is defined }}"],
    "statements": [
        "{% if e %}a{% elif z %}b{% elif t %}c{% else %}d{% endif %}", "{% if nothing %}a{% else %}b{% endif %}",
        "{% for x in l %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }} {% endfor %}",
        "{% for x in l %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }}{{ loop.cycle('a', 'b') }}{{ loop.changed(x) }} {% endfor %}",
        "{% for x in [] %}a{% else %}none{% endfor %}{% for x in nothing %}a{% else %}none{% endfor %}{% for k in d %}{{ k }}{% endfor %}{% for c in 'aé🙂' %}[{{ c }}]{% endfor %}",
        "{% for x in l if x > 1 %}{{ loop.index }}:{{ x }}{% if not loop.last %},{% endif %}{% endfor %}{% for x in l if x > 9 %}a{% else %}b{% endfor %}",
        "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }};{% endfor %}{% for x in l %}{% for y in l %}{{ loop.index }}{% endfor %}|{% endfor %}",
        "{% for x in l %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %} {% for x in l %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% endfor %}",
        "{% set x = 1 %}{% for y in l %}{% set x = y %}{{ x }}{% endfor %}{{ x }}{% if t %}{% set x = 5 %}{% endif %}{{ x }}",
        "{% set ns = namespace(a=1) %}{% for y in l %}{% set ns.a = ns.a + y %}{% endfor %}{{ ns.a }}{% set ns.q = 2 %}{{ ns.q }}{{ ns.none }}",
        "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set x %}block {{ a }}{% endset %}[{{ x }}]{% set y | upper %}abc{% endset %}{{ y }}{% set z2 = (1, 2) %}{{ z2 }}",
        "{% macro m(a, b='x', c=none) %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 2) }} {{ m(c=3, a=4) }} {{ m() }} {{ m(1) | upper }}{{ m('q') ~ '!' }}",
        "{% macro r(n) %}{{ n }}{% if n > 0 %}{{ r(n - 1) }}{% endif %}{% endmacro %}{{ r(5) }}{% set g = 7 %}{% macro q() %}{{ g }}{% endmacro %}{{ q() }}",
        "{% macro box(t) %}<{{ t }}:{{ caller('c') }}>{% endmacro %}{% call(x) box('a') %}in {{ x }} {{ s }}{% endcall %}",
        "{% filter upper %}abc {{ s }}{% endfilter %}{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}{% generation %}g{{ 1 }}{% endgeneration %}{% do l %}",
        "{{ range(3) | list }}{{ range(1, 8, 3) | list }}{{ range(5, 0, -2) | list }}{{ dict(a=1, b=2) }}{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}",
        "{% set j = joiner('|') %}{% for x in l %}{{ j() }}{{ x }}{% endfor %} {{ strftime_now('%Y-%m-%d %d %b %Y %B %A %a %H:%M:%S %j %y %I %p %%') }}",
        "{% if messages[0].role == 'user' %}{{ raise_exception('No ' ~ messages[0].role) }}{% endif %}", "{% for x in 5 %}{% endfor %}",
        "{% if t %}", "{% endif %}", "{{ 1", "{% for x in l %}", "{{ 1 + }}", "{{ 'a }}", "{% set %}", "{{ a b }}", "{{ (1 }}", "{{ ) }}", "{% unknown %}",
        "{{ x | unknown }}", "{{ x is unknown }}", "{{ unknown() }}", "{{ 1() }}", "{{ 'a' + 1 }}", "{{ 1 < 'a' }}", "{{ 1 / 0 }}", "{{ 1 // 0 }}", "{{ nothing + 1 }}",
        "{% set a, b = [1] %}", "{% set d.x = 1 %}", "{# no end", "{% break %}", "{{ {[1]: 2} }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{{ {'a': 1}.b.c }}"],
}


def golden():
    for group, templates in SMALL.items():
        for index, template in enumerate(templates):
            # Values go through JSON, so that both sides see the same.
            yield case(f"{group} {index}", template, json.loads(json.dumps(DATA)))


def main():
    mode, path = sys.argv[1:3]
    if mode == "golden":
        cases = list(golden())
        for entry in cases:
            del entry["values"]
        lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in cases)
        values = json.dumps(DATA, ensure_ascii=False)
        text = f'{{"values": {values},\n"cases": [\n{lines}\n]}}\n'
    else:
        text = json.dumps(list(rendered(sys.argv[3:])), ensure_ascii=False)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


main()

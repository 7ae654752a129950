"""The serializers of other languages, as child processes. A language that is not installed is left out."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in ("gson", "jackson-core", "jackson-databind", "jackson-annotations")
]


def available(folder):
    """Commands by language. What has to be compiled is compiled into the folder."""
    commands = {
        "Node.js": ["node", str(HERE / "reserialize.mjs")],
        "PHP": ["php", "-n", str(HERE / "reserialize.php")],
        "Ruby": ["ruby", str(HERE / "reserialize.rb")],
    }
    commands = {
        language: command for language, command in commands.items() if shutil.which(command[0])
    }
    if shutil.which("go"):
        program = folder / "reserialize"
        subprocess.run(
            ["go", "build", "-o", program, str(HERE / "go" / "main.go")], check=True, cwd=folder
        )
        commands["Go"] = [str(program)]
    if shutil.which("javac") and all(jar.exists() for jar in JARS):
        path = ":".join(map(str, JARS))
        subprocess.run(
            ["javac", "-cp", path, "-d", str(folder), str(HERE / "Reserialize.java")], check=True
        )
        commands["Java"] = ["java", "-cp", f"{path}:{folder}", "Reserialize"]
    return commands


def reserialize(command, texts):
    """For each text, what each habit of the language makes of it."""
    lines = "".join(base64.b64encode(text).decode() + "\n" for text in texts)
    output = subprocess.run(command, input=lines.encode(), capture_output=True, check=True).stdout
    written = [json.loads(line) for line in output.splitlines()]
    if len(written) != len(texts):
        raise RuntimeError(f"{command[0]} has written {len(written)} of {len(texts)} texts")
    return [{habit: base64.b64decode(text) for habit, text in line.items()} for line in written]


def python(text):
    """What the habits of Python make of a text."""
    value = json.loads(text)
    return {
        "dumps": json.dumps(value).encode(),
        "dumps, ensure_ascii=False": json.dumps(value, ensure_ascii=False).encode(),
        "dumps, sort_keys": json.dumps(value, sort_keys=True).encode(),
        "dumps, compact": json.dumps(value, separators=(",", ":")).encode(),
        "dumps, indent=2": json.dumps(value, indent=2).encode(),
        "dumps, indent=4": json.dumps(value, indent=4, ensure_ascii=False).encode(),
        "dumps, compact, sorted": json.dumps(
            value, separators=(",", ":"), sort_keys=True, ensure_ascii=False
        ).encode(),
    }

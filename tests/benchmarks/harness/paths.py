"""Where things are, and how they are built."""

import functools
import glob
import os
import shutil
import subprocess

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(BENCHMARKS))
TARGET = os.path.join(ROOT, "target")
WORK = os.path.join(TARGET, "benchmarks")
LOAD = os.path.join(WORK, "load")
NPM = os.path.join(WORK, "npm")
UWEBSOCKETS = os.path.join(WORK, "uwebsockets")


def java():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else "java"


def jcmd():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "jcmd") if home else "jcmd"


def keytool():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "keytool") if home else "keytool"


def build_java():
    subprocess.run(["mvn", "-q", "-Pbench", "-DskipTests", "package"], cwd=ROOT, check=True)


def build_load():
    """The load generator and the floors."""
    os.makedirs(LOAD, exist_ok=True)
    with open(os.path.join(LOAD, "build.log"), "w", encoding="utf-8") as log:
        for command in (
            ["cmake", "-S", os.path.join(BENCHMARKS, "load"), "-B", LOAD],
            ["cmake", "--build", LOAD],
        ):
            if subprocess.run(command, stdout=log, stderr=log, check=False).returncode != 0:
                raise SystemExit("the load generator could not be built: see " + log.name)


def load_lacks(feature):
    """Why the generator cannot do what a scenario needs, or None."""
    if feature is None:
        return None
    generator = os.path.join(LOAD, "volfram-load")
    features = subprocess.run(
        [generator, "--features"], capture_output=True, text=True, check=True).stdout.split()
    if feature in features:
        return None
    return f"the load generator was built without {'OpenSSL' if feature == 'tls' else 'zlib'}"


@functools.cache
def install_npm():
    """The npm packages, as the lock file has them; returns why they are not there, or None."""
    if not shutil.which("npm") or not shutil.which("node"):
        return "npm and node are not installed"
    source = os.path.join(BENCHMARKS, "npm")
    shutil.copytree(source, NPM, dirs_exist_ok=True)
    installed = os.path.join(NPM, "node_modules", ".package-lock.json")
    if os.path.exists(installed) and os.path.getmtime(installed) > os.path.getmtime(
        os.path.join(source, "package-lock.json")
    ):
        return None
    result = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=NPM, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        return f"npm ci failed in {NPM}: {result.stderr.strip()[-200:]}"
    return None


def bun():
    """The one that npm chose for this machine, or None."""
    return next(iter(glob.glob(os.path.join(NPM, "node_modules", "@oven", "bun-*", "bin", "bun"))),
                None)


def build_uwebsockets():
    """From the sources that npm fetched; returns what it lacks to be built, or None."""
    os.makedirs(UWEBSOCKETS, exist_ok=True)
    log = os.path.join(UWEBSOCKETS, "build.log")
    sources = os.path.join(NPM, "node_modules", "uws", "src")
    with open(log, "w", encoding="utf-8") as file:
        def succeeds(*command):
            return subprocess.run(command, stdout=file, stderr=file, check=False).returncode == 0

        if not succeeds("cmake", "-S", os.path.join(BENCHMARKS, "uwebsockets"), "-B", UWEBSOCKETS,
                        "-DUWS=" + sources):
            return f"it needs a C++ compiler, OpenSSL and zlib to build with: see {log}"
        if not succeeds("cmake", "--build", UWEBSOCKETS):
            raise SystemExit("the server on uWebSockets could not be built: see " + log)
    return None


KEY_PASSWORD = "benchmark"
KEY_STORE = os.path.join(WORK, "key.p12")
KEY_PEM = os.path.join(WORK, "key.pem")  # the same, and its certificate
KEY_PROPERTIES = ["-Dvolfram.benchmarks.keystore=" + KEY_STORE,
                  "-Dvolfram.benchmarks.password=" + KEY_PASSWORD]


def make_key():
    """The self-signed key of every server that speaks TLS."""
    if os.path.exists(KEY_PEM):
        return
    if os.path.exists(KEY_STORE):
        os.remove(KEY_STORE)  # of a run that did not come to the end of this
    subprocess.run(
        [keytool(), "-genkeypair", "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1",
         "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "365",
         "-storetype", "PKCS12", "-keystore", KEY_STORE, "-storepass", KEY_PASSWORD],
        check=True, capture_output=True)
    pem = subprocess.run(
        [java(), *KEY_PROPERTIES, "-cp", classpath(), "io.github.volfram.benchmarks.peers.TlsKey"],
        check=True, capture_output=True).stdout
    with open(KEY_PEM, "wb") as file:
        file.write(pem)


def classpath():
    with open(os.path.join(WORK, "classpath"), encoding="utf-8") as file:
        libraries = file.read().strip()
    return os.pathsep.join(
        [os.path.join(TARGET, "classes"), os.path.join(TARGET, "test-classes"), libraries])


def volfram_jar():
    jars = [
        jar for jar in glob.glob(os.path.join(TARGET, "volfram-*.jar"))
        if not jar.endswith(("-sources.jar", "-javadoc.jar", "-tests.jar"))]
    if len(jars) != 1:
        raise SystemExit(f"expected one target/volfram-*.jar, found {len(jars)}")
    return jars[0]

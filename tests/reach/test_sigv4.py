"""Signatures as Amazon publishes them, and laws that hold for any request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.reach.sigv4 import signed

# the test suite of Signature Version 4
SUITE = {
    "https://example.amazonaws.com/": "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "https://example.amazonaws.com/?Param2=value2&Param1=value1": "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
}
# the examples of the S3 API reference, "Authenticating Requests: Using the Authorization Header"
S3 = {
    "https://examplebucket.s3.amazonaws.com/?lifecycle": "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J": "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
}


def signature(headers: dict[str, str]) -> str:
    return headers["Authorization"].rpartition("Signature=")[2]


@pytest.mark.parametrize(("url", "expected"), SUITE.items())
def test_the_published_test_suite(url: str, expected: str) -> None:
    keys = {"access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
    made = signed("GET", url, **keys, region="us-east-1", service="service", now=datetime(2015, 8, 30, 12, 36, tzinfo=UTC))
    assert signature(made) == expected
    assert "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date," in made["Authorization"]


KEYS = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
THEN = datetime(2013, 5, 24, tzinfo=UTC)


@pytest.mark.parametrize(("url", "expected"), S3.items())
def test_the_examples_of_s3(url: str, expected: str) -> None:
    assert signature(signed("GET", url, **KEYS, region="us-east-1", now=THEN)) == expected


def test_further_headers_are_covered() -> None:
    url = "https://examplebucket.s3.amazonaws.com/test.txt"
    made = signed("GET", url, **KEYS, region="us-east-1", now=THEN, headers={"Range": "bytes=0-9"})
    assert signature(made) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    assert made["Range"] == "bytes=0-9"


@given(st.text(min_size=1), st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1), st.text(min_size=1))
def test_the_secret_key_is_in_no_header_and_changes_the_signature(secret: str, region: str, other: str) -> None:
    secret, other = f"marker-{secret}", f"another-{other}"
    one = signed("HEAD", "http://minio:9000/bucket", access_key="id", secret_key=secret, region=region, now=THEN)
    two = signed("HEAD", "http://minio:9000/bucket", access_key="id", secret_key=other, region=region, now=THEN)
    assert secret not in "".join(one.values())
    assert signature(one) != signature(two)
    assert len(signature(one)) == 64

"""Sentences about what outsiders sign: refusals with what to do next, and the claims of a checked bundle."""

from __future__ import annotations

Sentence = tuple[str, str]

REFUSED: dict[str, Sentence] = {
    "beacon.chain": (
        "这不是随机信标的链，或与它自己的摘要不符",
        "this is no chain of a beacon, or not the one of its hash",
    ),
    "beacon.form": (
        "信标的签名写法不对：应为信标答复的 JSON，或其中的 signature（十六进制）",
        "this is no signature of a beacon: give the beacon's answer in JSON, or the signature in it, in hex",
    ),
    "beacon.no_library": (
        "没有安装验证信标签名的组件（yaohao[beacon]）",
        "what verifies signatures of beacons is not installed (yaohao[beacon])",
    ),
    "beacon.no_round": (
        "这次抽取的随机数不是随机信标的一轮",
        "the entropy of this draw is no round of a beacon",
    ),
    "beacon.not_yet": (
        "随机数还没有确定，不能登记信标的签名",
        "the entropy does not stand yet: there is nothing that a beacon has signed",
    ),
    "beacon.other_round": (
        "签名不是方案指定的链和第 {round} 轮的",
        "the signature is not of the chain and of round {round} that the plan names",
    ),
    "beacon.randomness": (
        "随机数不是这个签名的 SHA-256：签名或随机数抄错了",
        "the randomness is not SHA-256 of this signature: one of the two is not the beacon's",
    ),
    "beacon.round_ahead": (
        "信标的这一轮在 {announced} 才公布，比抽取晚",
        "the beacon announces this round at {announced}, later than the draw",
    ),
    "beacon.round_past": (
        "方案指定的信标轮次在 {announced} 已经公布，随机数已为人所知",
        "the beacon has announced the plan's round at {announced}: its randomness is known already",
    ),
    "beacon.scheme": ("不认识信标的签名方案 {scheme}", "the beacon's scheme {scheme} is not known here"),
    "beacon.signature": (
        "签名不是信标第 {round} 轮的：用链的公钥验证不成立",
        "the signature of round {round} does not verify under the chain's key",
    ),
    "timestamp.algorithm": (
        "不支持时间戳所用的算法 {algorithm}（支持 RSA、ECDSA 配 SHA-256、SHA-384、SHA-512）",
        "the time stamp uses {algorithm}; RSA and ECDSA with SHA-256, SHA-384 or SHA-512 can be checked",
    ),
    "timestamp.certificate": (
        "时间戳的签名没有指明这张证书：证书可能被换过",
        "what is signed does not name this certificate: it may have been exchanged",
    ),
    "timestamp.chain": (
        "时间戳的证书 {signer} 不能追溯到管理员信任的任何根证书",
        "the certificate {signer} of the time stamp leads to no root that the administrator trusts",
    ),
    "timestamp.expired": (
        "时间戳的时间不在证书的有效期（{first} 至 {last}）之内",
        "the time stamp's time is outside of the validity of its certificate ({first} to {last})",
    ),
    "timestamp.form": (
        "这不是时间戳机构的答复（.tsr），也不是时间戳（.p7s、.der）",
        "this is neither an authority's answer (.tsr) nor a time-stamp token (.p7s, .der)",
    ),
    "timestamp.imprint": (
        "时间戳盖的不是这个承诺值 C，而是 {imprint}",
        "what is stamped is not this commitment C but {imprint}",
    ),
    "timestamp.none": ("没有附加时间戳", "no time stamp is attached"),
    "timestamp.not_told": (
        "commit.json 的公布记录中是另一个时间戳",
        "commit.json tells another time stamp than this one among its publications",
    ),
    "timestamp.purpose": (
        "签发时间戳的证书不是专用于时间戳的",
        "the certificate that signed is not one for time stamps alone",
    ),
    "timestamp.signature": (
        "时间戳的签名不成立：内容或签名被改过",
        "the signature of the time stamp does not hold: it or what it signs was changed",
    ),
    "timestamp.signer": (
        "时间戳中没有签发人的证书",
        "the time stamp does not hold the certificate of its signer",
    ),
    "timestamp.status": (
        "时间戳机构没有签发：答复的状态是 {status}",
        "the authority has not granted it: its answer says {status}",
    ),
    "timestamp.there": ("已附加时间戳", "a time stamp is attached already"),
    "timestamp.time": (
        "时间戳的时间 {told} 应在承诺（{committed}）之后、抽取之前",
        "the time stamp tells {told}; it must lie after the commitment ({committed}) and before the draw",
    ),
    "trust.unreadable": (
        "信任文件夹中的 {file} 读不出证书或信标的链",
        "{file} in the folder of what is trusted is no certificate, or no chain of a beacon",
    ),
}

NEXT: dict[str, Sentence] = {
    "beacon.no_library": (
        "请系统管理员安装 yaohao[beacon]。",
        "Ask the system's administrator to install yaohao[beacon].",
    ),
    "beacon.no_round": (
        "这次抽取不需要信标的签名。",
        "This draw needs no signature of a beacon.",
    ),
    "beacon.not_yet": (
        "等两人录入一致、种子确定之后再登记。",
        "Attach it when both have entered the same and the seed stands.",
    ),
    "beacon.round_past": (
        "改为还没有公布的轮次，重新承诺；已承诺的编号须作废，用新编号抽取。",
        "Name a round that is still to come and commit anew; a number that is committed must be voided first.",
    ),
    "timestamp.algorithm": (
        "换一家用 RSA 或 ECDSA 签发的时间戳机构。",
        "Take an authority that signs with RSA or ECDSA.",
    ),
    "timestamp.chain": (
        "请系统管理员把时间戳机构的根证书放入信任文件夹（YAOHAO_TRUST），或换一家已受信任的机构。",
        "Have the administrator put the authority's root into the folder YAOHAO_TRUST, or take one that is trusted.",
    ),
    "timestamp.none": (
        "回到这次抽取的页面。",
        "Go back to the page of the draw.",
    ),
    "timestamp.there": (
        "一次承诺只附加一个时间戳，不必再办。",
        "One is enough for a commitment.",
    ),
    "timestamp.time": (
        "核对服务器的时钟，再请机构签发一次。",
        "Check the clock of the server, and have the stamp made again.",
    ),
}

NEXT_OF_GROUP: dict[str, Sentence] = {
    "beacon": (
        "从信标的网站重新取这一轮的答复（JSON），整段粘贴。",
        "Take the answer of this round from the beacon again, and paste all of it.",
    ),
    "timestamp": (
        "下载本页的 commit.tsq，重新提交给时间戳机构，上传它的答复。",
        "Take this page's commit.tsq to the authority again, and hand in its answer.",
    ),
    "trust": (
        "请系统管理员检查信任文件夹（YAOHAO_TRUST）：证书为 .pem、.crt、.cer，信标的链为 .json。",
        "Have the administrator check the folder YAOHAO_TRUST: certificates in .pem, .crt, .cer; chains in .json.",
    ),
}

CLAIMED: dict[str, Sentence] = {
    "beacon.no_signature": (
        "没有附信标的签名，第 {round} 轮须自行查对",
        "no signature is attached; look up round {round} yourself",
    ),
    "beacon.no_library": (
        "随机数是所附签名的 SHA-256；没有安装验证签名的组件（yaohao[beacon]），签名未验证",
        "the randomness is SHA-256 of the signature; it was not verified: yaohao[beacon] is not installed",
    ),
    "beacon.unknown_chain": (
        "随机数是所附签名的 SHA-256；不认识这条链，签名未验证：{chain}",
        "the randomness is SHA-256 of the signature; it was not verified, as the chain is not known: {chain}",
    ),
    "beacon.verified": (
        "第 {round} 轮的签名用链的公钥验证成立",
        "the signature of round {round} verifies under the chain's key",
    ),
    "timestamp.no_roots": (
        "{authority}，{at}，序列号 {serial}：签名成立；没有根证书，证书链未核对（--trust）",
        "{authority}, {at}, serial {serial}: the signature holds; no roots, so its chain was not checked (--trust)",
    ),
    "timestamp.other_root": (
        "{authority}，{at}，序列号 {serial}：签名成立；证书链不通向所信任的任何根证书",
        "{authority}, {at}, serial {serial}: the signature holds; its chain leads to none of the trusted roots",
    ),
    "timestamp.not_counted": (
        "{authority}，{at}，序列号 {serial}：签名和证书链成立；附加时证书链未核对，没有计为公布",
        "{authority}, {at}, serial {serial}: signature and chain hold; the chain was not checked when it was attached, "
        "and it counts as no publication",
    ),
    "timestamp.verified": (
        "{authority}，{at}，序列号 {serial}：签名和证书链成立",
        "{authority}, {at}, serial {serial}: signature and chain hold",
    ),
}
"""What a claim that is not wrong comes to; a wrong one is told as the refusal of its code."""
